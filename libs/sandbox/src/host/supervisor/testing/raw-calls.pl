# System calls by number, as native code would make them. Each argument is `name number value …` (a value is a number,
# `=text`, or `#hex` for bytes) and is answered with `name errno`, 0 when the kernel did it; `stay` stays.
$| = 1;
for my $line (@ARGV) {
  if ($line eq 'stay') { sleep 1 while 1 }
  my ($name, $number, @given) = split / /, $line;
  my @bytes = map { /^=(.*)/ ? "$1\0" : /^#(.*)/ ? pack('H*', $1) : $_ + 0 } @given;
  push @bytes, 0 while @bytes < 6;
  $! = 0;
  my $result = syscall($number + 0, @bytes[0 .. 5]);
  print "$name ", ($result == -1 ? $! + 0 : 0), "\n";
}
