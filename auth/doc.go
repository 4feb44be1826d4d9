// Package auth finds out who is asking.
//
// A Method looks at a request and names a principal, or says with one of few errors why it does not. Chain tries
// several in order; Basic checks passwords and app passwords; Header believes a proxy that has checked already.
//
// What is remembered to save work (verified passwords, known devices, failures) is kept in bounded tables in memory,
// and is never believed without a look at the account as the store has it now: a revoked credential or a disabled
// account is out with the next request.
package auth
