// The launcher is what `latchkey serve` does: it prepares data, keys, database and roles, starts the four services with
// only what each needs, keeps them running, merges their logs into one stream, and takes everything down in order.
//
// It must not know: any rule of OAuth or WebAuthn, any HTTP route, any message. It calls the Store for SQL.
