/** What docs/calls.md says before its tables. */
export const INTRODUCTION = `# Calls, modes, scripts

What every call of \`IdentityService\` does, per situation of the user pool: which scripts run and in which order, what is
written here, what the caller gets. The tables are the rendering of \`apps/identity-gateway/src/testing/call-table.ts\`;
a test runs each row, and another holds this file against them.

## How to read an answer

- Every call has three kinds of answers, all with status OK. **Done**: the call's own word. **rejected**: no, for a cause
  that the user or the caller can do something about. **undecided**: nobody can say now; never to be counted as a wrong
  password, nor as done or not done. An RPC error means that we failed or were called wrongly.
- "ours" is a user of our store (with our id), "legacy" one of the legacy user store, named by the legacy id alone.
- "Written here" names the calls that write to our store. "nothing (MigrateUser → conflict)" is a call that stored no
  user; with \`conflict\` it leaves the conflict for an administrator (\`ListConflicts\`). DeleteUser leaves a tombstone.
  "identifier (MigrateUser → already_migrated)": the user was here under other identifiers; the one that they typed is kept
  beside those, so that they log in here by it from then on, and nothing else is written.
- What is written here by a call other than Login leaves its audit entry in the same transaction: key, call, request, our
  id of the user. In a custom user store each script that writes leaves one, before it runs: key, call, request, the name
  of the script, and nothing of the user ([users.md](users.md)).
- The number behind a reason is the code that clients of the older service know.
- Of the time that a caller gives, the gateway keeps a tenth, 250 ms at the most, to say how the call ended. When a
  script, the script-runner, or in a login our own store, has not answered by then, that is \`TIMED_OUT\`; any other call
  for which our own store is too slow fails with the RPC error \`DEADLINE_EXCEEDED\`. A list of users that takes longer
  than the store allows a statement is \`LIST_TOO_SLOW\`, which nothing repeats by itself; one that would be larger than
  the 4 MiB of a gRPC message is \`MESSAGE_TOO_LARGE\`: ask with a smaller \`limit\`. A search of ours answers with the
  first 200 users, or with as many as fit; \`total_count\` says how many there are.
- A script's own words never stand in an answer, but where the pool sets \`reveal_rejection_details\`; they are in the log
  history always.
- Scripts refuse by throwing \`WrongUsernameOrPasswordError\`, \`UserNotFoundError\`, \`UserExistsError\` or
  \`ValidationError\`. A plain \`Error\` refuses a login (\`INVALID_CREDENTIALS\`), and from \`createUser\`, \`updateUser\`,
  \`deleteUser\` and \`validatePassword\` it is \`REJECTED_BY_SCRIPT\`: the script ran, reached its database and said no
  without saying why, so show a general message, do not repeat the call, and look into the log history. From \`getUser\`,
  \`searchUser\` and \`listUsers\` a plain \`Error\` is \`SCRIPT_FAILED\`, because "not found" is \`null\` there. An error with a
  code or with another \`name\` is a script that broke: \`SCRIPT_FAILED\`.
- A write (\`createUser\`, \`updateUser\`, \`deleteUser\`) is sent once. One that was killed or got no answer is \`undecided\`
  \`INTERRUPTED\`, with no time to wait, as are a timeout and an outage under their own names: it may have happened, so look
  before trying again.

## What was decided where the contract is silent

- **UpdateUser before migration (lazy).** A user whose password nobody has proven cannot be stored, and the lazy mode has
  no \`updateUser\` script: \`USER_NOT_MIGRATED\` says so. With a password in the call the user is stored with it, counts as
  migrated, and the changes are made here.
- **Register and UpdateUser in lazy mode** ask \`getUser\` for each identifier that is new, by itself, as typed and, where that is
  another spelling, as our store compares it (blanks, case and form of Unicode of an e-mail, E.164 of a phone): whoever has
  one there would be shut out. So such an UpdateUser needs the legacy user store, as Register does.
- **A user is shown under a legacy id** of the pool's connection; under one of a deleted connection while there is none.
- **ChangePassword** answers an unknown, a deleted and a tombstoned user like a wrong old password, and counts it under what
  names them, so that the limit does not tell who exists or has migrated: by an identifier a wrong old password counts for the
  limits as in a login, by our id under that. By a legacy id it counts under that of a user here, and else under the profile's
  identifier (a custom user store's user without any, and a legacy id that nobody has there, count under the legacy id). A
  change of password is no login in the migration's progress. Its time is not evened out: the callers are users who are logged in.
- **DeleteUser** of a tombstoned user is done: the call can be repeated.
- **A user found by \`getUser\`** in lazy migration is looked for once more in our store by the legacy id: whoever is here, or
  was deleted here, under identifiers that have changed since is that user.
- **ResetPassword and UpdateUser with a password before migration** need an identifier to log in with; a profile without
  any is \`VALIDATION_FAILED\`. When a login was faster and stored the old password, they become a change of password.
- **ResetPassword and UpdateUser with a password, by e-mail or phone,** are for whose profile shows that e-mail or phone. A
  profile with another one, an alias of a user here, and an address that has changed here since are \`USER_NOT_FOUND\`: a
  legacy user store may find a user by a look-alike of their address (a collation that ignores accents), and whoever reads
  mail there is somebody else. A legacy profile without any of that kind goes on. What was typed is not kept beside what the
  profile has.
- **Passwords that are too weak** are refused by our store before it writes; proven legacy passwords and a custom user
  store's are never held against that rule.
- **\`createUser\` may return \`null\`**: then \`getUser\` says whom it made. **\`updateUser\` may return \`null\`**: nothing to
  change, and \`getUser\` says how the user is.
- **Our own ids** mean nothing to a legacy user store: in a custom user store, and before migration, they are not found
  without asking a script.
- **Without the plan** (\`PAYMENT_REQUIRED\`, 402) no script runs. In lazy migration everything goes on that needs none:
  migrated users log in, are listed and changed.
- **A whole number beyond 2^53** that JavaScript would give back with other digits is refused in \`custom_data_json\`, and so
  in the \`metadata_json\` of a user pool and the \`args_json\` of TestScript: send it as a string. In the \`context\` of a call
  it is what any script makes of it, as a long number in what an application was sent is no reason to fail a login. What
  scripts return is kept as JavaScript has it, a \`bigint\` as text.
- **A mode that is changed, or a connection that is deleted, while a call runs** ends the call with the RPC error
  \`CONCURRENT_CHANGE\`; repeating it is safe.

## Off the path of a call

- How an attempt ended that the store counted and could not see the end of (an outage; a script that failed; a password that a
  custom user store proved) is told to the store afterwards: a bounded queue, a few tries each. A crash of the gateway loses what waits
  there; the attempt then counts until it is forgotten.
- Every run, Debug too, goes to the log history the same way, in batches: action, version, outcome, error message and
  line, duration, console lines, request id; never arguments, results or variables. Passwords that a user typed are masked
  in messages and lines, however they are escaped or encoded. Runs that do not fit into the queue, or that the store does not
  take, are counted and logged.

## The time of a rejected login

On a connection that is switched on, no rejected login leaves earlier than 95 of 100 of that connection's last 64 rejected
runs did, nor, in lazy migration, than 95 of 100 of the last 64 rejections that our own hash took part in; at the most two
seconds, and never beyond the call's deadline. So the time does not tell who has migrated, was deleted, or never was a
user ([rejection-timing.md](rejection-timing.md) has the experiment). Stated exceptions: successes and outages are not held
back, neither is \`TOO_MANY_ATTEMPTS\`, which does not depend on who exists; each replica has its own 64 runs, and none
after its start.
`;

export const MODE_TITLES = {
  lazy: 'Lazy migration',
  'lazy unpaid': 'Lazy migration, without the plan',
  custom: 'Custom user store',
  'custom unpaid': 'Custom user store, without the plan',
  local: 'No connection, or switched off',
} as const;
