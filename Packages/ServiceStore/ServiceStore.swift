// ServiceStore is a service's way to the Store: it waits for the database and checks it, finds out who calls, keeps the
// audit record, leaves mail in the outbox, removes what has expired, and derives and uses the keys that things at rest
// are sealed and hashed with.
//
// It must not know: any rule of OAuth or WebAuthn, any SQL (the Store has it), any HTTP. The gateway does not link it,
// nor what it needs: Store, Postgres and libpq.
