// What signing with RSA needs of the system's libcrypto. No code of ours lives here.
#pragma once

#include <openssl/evp.h>
#include <openssl/rsa.h>
