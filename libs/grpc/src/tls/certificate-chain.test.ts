import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { vouchedUntil } from './certificate-chain.ts';

// Made with openssl in November 2026; their keys are forgotten. The leaf is made for 365 days.
const [root, rootOf10Days, mid, midOf20Days, leaf] = [
  `-----BEGIN CERTIFICATE-----
MIIBYTCCAQigAwIBAgIUNAI5sas0stV2w/OODQ4fy1qWqyMwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEcm9vdDAeFw0yNjExMjcxNjIwNDVaFw0zNjExMjQxNjIwNDVa
MA8xDTALBgNVBAMMBHJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAS18xKj
MXsONN12kxD45w5Jlx7x9/q2As5+5Q2K7B4gNLa+Hyy+2bXuPmGsxryYeR46+prd
I3KuoZgR3n0u8Jwwo0IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIC
BDAdBgNVHQ4EFgQUCh7D0EV6G98gpHkoE+9rg7e2MOUwCgYIKoZIzj0EAwIDRwAw
RAIgdyaie9hSY1wiFPZqsH0cfNCoMYKVX35CcsHns5HM3HkCICdZA0iaBQ62Kpxf
XlbtX5oW3fdP49XZp6Ek1V/0RBeu
-----END CERTIFICATE-----`,
  `-----BEGIN CERTIFICATE-----
MIIBYzCCAQigAwIBAgIUfYWEn5Dc4TEco6PqfCbZUDxzHO0wCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEcm9vdDAeFw0yNjExMjcxNjIwNDVaFw0yNjEyMDcxNjIwNDVa
MA8xDTALBgNVBAMMBHJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAS18xKj
MXsONN12kxD45w5Jlx7x9/q2As5+5Q2K7B4gNLa+Hyy+2bXuPmGsxryYeR46+prd
I3KuoZgR3n0u8Jwwo0IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIC
BDAdBgNVHQ4EFgQUCh7D0EV6G98gpHkoE+9rg7e2MOUwCgYIKoZIzj0EAwIDSQAw
RgIhALFoy8tCkpPyweJ1zOcZO9POub56w9ckJ/mCJVktCnMYAiEAvkyihXf+w+cM
mphHF6e6kVBMVZUPEuhQcZm9YISwhAA=
-----END CERTIFICATE-----`,
  `-----BEGIN CERTIFICATE-----
MIIBgjCCASigAwIBAgIUUAx+thbT1lAiDgcSKk1Jr1Ktit4wCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEcm9vdDAeFw0yNjExMjcxNjIwNDVaFw0yNzA2MTUxNjIwNDVa
MA4xDDAKBgNVBAMMA21pZDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHR7VDFC
XtMXmBANIxYrE7+IBmFoePnKem1gMCVeSufQY1rm+o75iz0ss78lWlk2grKdJhYw
adiv/+WEgc+60KSjYzBhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgIE
MB0GA1UdDgQWBBRah+rB+pJR54LoM6qe7Q7k1pg1+jAfBgNVHSMEGDAWgBQKHsPQ
RXob3yCkeSgT72uDt7Yw5TAKBggqhkjOPQQDAgNIADBFAiEAgbzAkeVrq6d/Ofxm
+GULntXioSoYWd+AVR19L+DR2NcCIHi40+jPYYDBmmckZ+vDP+9pgjTR/iI2cm6/
W1Xwh/69
-----END CERTIFICATE-----`,
  `-----BEGIN CERTIFICATE-----
MIIBgjCCASigAwIBAgIUUAx+thbT1lAiDgcSKk1Jr1Ktit0wCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEcm9vdDAeFw0yNjExMjcxNjIwNDVaFw0yNjEyMTcxNjIwNDVa
MA4xDDAKBgNVBAMMA21pZDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHR7VDFC
XtMXmBANIxYrE7+IBmFoePnKem1gMCVeSufQY1rm+o75iz0ss78lWlk2grKdJhYw
adiv/+WEgc+60KSjYzBhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgIE
MB0GA1UdDgQWBBRah+rB+pJR54LoM6qe7Q7k1pg1+jAfBgNVHSMEGDAWgBQKHsPQ
RXob3yCkeSgT72uDt7Yw5TAKBggqhkjOPQQDAgNIADBFAiAgy7rdMMU0Lr3wqQFh
tgjD/eijt5AZ1WddfeZOqZhd5wIhAJQ55Vh5hUiiqvHI6cKAXv2bugDRgh0hkKt2
EbvdlJXg
-----END CERTIFICATE-----`,
  `-----BEGIN CERTIFICATE-----
MIIBFzCBvgIUKmYpZcZjpl1jXiuvWu7tRjk2dLcwCgYIKoZIzj0EAwIwDjEMMAoG
A1UEAwwDbWlkMB4XDTI2MTEyNzE2MjA0NVoXDTI3MTEyNzE2MjA0NVowDzENMAsG
A1UEAwwEbGVhZjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEq5xZzbsF3JeKYJ
mguhC+0Xcxqvr5ZgAu8YmxkF249BtUk4MbjcWWLyXOgwo+HcK3pt9QIKV8KYwZjF
dx3luZcwCgYIKoZIzj0EAwIDSAAwRQIhALIltHerAaB3K4kGAjfzeDn53lmWU45p
RIn113BxYcIRAiALPq4fp4fett1a/Kwf3ktO9kb4vZWQoaHuyX+h3NtgeA==
-----END CERTIFICATE-----`,
].map((pem) => new X509Certificate(pem)) as [
  X509Certificate,
  X509Certificate,
  X509Certificate,
  X509Certificate,
  X509Certificate,
];
const ends = ({ validToDate }: X509Certificate): number => validToDate.getTime();

it('a certificate is believed until the first on its way to an authority ends', () => {
  expect(vouchedUntil(leaf, [leaf, midOf20Days], [root])).toBe(ends(midOf20Days));
  expect(vouchedUntil(leaf, [leaf, midOf20Days], [rootOf10Days])).toBe(ends(rootOf10Days));
});

it('of several ways that which lasts longest counts', () => {
  expect(vouchedUntil(leaf, [leaf, midOf20Days, mid], [rootOf10Days, root])).toBe(ends(mid));
});

it('a certificate that no way leads from to an authority is not believed', () => {
  expect(vouchedUntil(leaf, [leaf], [root])).toBeUndefined();
  expect(vouchedUntil(leaf, [leaf, mid], [])).toBeUndefined();
});
