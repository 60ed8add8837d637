// libcrypt verifies bcrypt hashes that another product made. No code of ours lives here.
#pragma once

#include <crypt.h>
