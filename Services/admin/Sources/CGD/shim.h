// libgd decodes, resamples and encodes pictures. No code of ours lives here.
#pragma once

#include <gd.h>
