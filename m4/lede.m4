dnl lede.m4 - the checks of configure.ac.

dnl LEDE_FLAG(LANGUAGE, VARIABLE, FLAG, [ELSE])
dnl Append FLAG to VARIABLE if the compiler of LANGUAGE (C, C++) takes it.
AC_DEFUN([LEDE_FLAG], [
AC_LANG_PUSH([$1])
AS_VAR_PUSHDEF([lede_cache], [lede_cv_flag_$1_$3])
AC_CACHE_CHECK([whether the $1 compiler takes $3], [lede_cache], [
    lede_save_flags=$[]_AC_LANG_PREFIX[]FLAGS
    _AC_LANG_PREFIX[]FLAGS="$lede_save_flags -Werror $3"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
        [AS_VAR_SET([lede_cache], [yes])], [AS_VAR_SET([lede_cache], [no])])
    _AC_LANG_PREFIX[]FLAGS=$lede_save_flags
])
AS_VAR_IF([lede_cache], [yes], [AS_VAR_APPEND([$2], [" $3"])], [$4])
AS_VAR_POPDEF([lede_cache])
AC_LANG_POP([$1])
])

dnl LEDE_NEED_PKG(VARIABLE, MODULE, DEBIAN-PACKAGE)
dnl A library that pkg-config knows: sets VARIABLE_CFLAGS and VARIABLE_LIBS.
AC_DEFUN([LEDE_NEED_PKG], [
PKG_CHECK_MODULES([$1], [$2], [],
    [AS_VAR_APPEND([lede_missing], [" $3"])])
AS_VAR_APPEND([LEDE_LIBS_PRIVATE], [" $[]$1_LIBS"])
])

dnl LEDE_NEED_LIB(VARIABLE, HEADER, LIBS, STATEMENT, DEBIAN-PACKAGE)
dnl A library that pkg-config does not know: STATEMENT, in the current
dnl language, must compile with HEADER and link with LIBS. Sets VARIABLE_LIBS.
AC_DEFUN([LEDE_NEED_LIB], [
AC_CACHE_CHECK([for $2 and $3], [lede_cv_lib_$1], [
    lede_save_libs=$LIBS
    LIBS="$3 $LIBS"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stdio.h>
#include <$2>]],
        [[$4;]])],
        [lede_cv_lib_$1=yes], [lede_cv_lib_$1=no])
    LIBS=$lede_save_libs
])
AS_VAR_IF([lede_cv_lib_$1], [yes], [], [AS_VAR_APPEND([lede_missing], [" $5"])])
AC_SUBST([$1_LIBS], ["$3"])
AS_VAR_APPEND([LEDE_LIBS_PRIVATE], [" $3"])
])

dnl LEDE_NEED_TOOL(VARIABLE, PROGRAM, DEBIAN-PACKAGE)
dnl The program's path is in VARIABLE.
AC_DEFUN([LEDE_NEED_TOOL], [
AC_PATH_PROG([$1], [$2])
AS_VAR_IF([$1], [], [AS_VAR_APPEND([lede_missing], [" $3"])])
])

dnl LEDE_NOTHING_MISSING
dnl Stop if anything was not found, naming all of it at once.
AC_DEFUN([LEDE_NOTHING_MISSING], [
AS_IF([test -n "$lede_missing"], [
    lede_missing=`echo $lede_missing | tr ' ' '\n' | sort -u | tr '\n' ' '`
    AC_MSG_ERROR([
some of what lede is built with was not found. On Debian:
    apt-get install $lede_missing])
])])

dnl LEDE_SANITIZE(NAME, FLAGS)
dnl --enable-NAME compiles and links everything with FLAGS.
AC_DEFUN([LEDE_SANITIZE], [
AC_ARG_ENABLE([$1],
    [AS_HELP_STRING([--enable-$1], [compile and link with $2])],
    [], [enable_$1=no])
AS_VAR_IF([enable_$1], [yes], [
    for lede_var in CFLAGS CXXFLAGS LDFLAGS; do
        AS_VAR_APPEND([$lede_var], [" $2"])
    done
])])
