/* linked.c - where the C++ libraries are linked with the program: nothing is
   to be done.  See cxx.h. */

#include "shared/cxx/cxx.h"

lede_status
lede__cxx_need(lede_error *err)
{
    (void)err;
    return LEDE_STATUS_OK;
}
