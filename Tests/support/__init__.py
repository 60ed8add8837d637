"""What the tests that run the product from outside have in common.

Owns: servers, browsers, soft authenticators and relying parties of a test's own.
Must not know: how the product is built inside. It speaks HTTP and WebAuthn, and looks at processes and at the database
only where a test is about them.
"""
