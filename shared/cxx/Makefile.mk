# shared/cxx: the libraries that are C++, in a module of their own; see cxx.h.

noinst_LTLIBRARIES += libcxx.la
libcxx_la_LIBADD = $(XAPIAN_LIBS) $(UCHARDET_LIBS) $(CLD2_LIBS) $(SIMDJSON_LIBS) \
	$(ISAL_LIBS) $(STDCXX_LIBS)
libcxx_la_SOURCES = \
	corpus/charset.c \
	corpus/charset.h \
	corpus/json-simd.cc \
	corpus/lang.cc \
	shared/cxx/cxx.h \
	shared/cxx/linked.c \
	shared/index/isal.c \
	shared/index/isal.h \
	shared/xapian/xapian.cc \
	shared/xapian/xapian.h

# The folder is $(libdir)/lede: load.c looks for it beside the library.
pkglib_LTLIBRARIES = liblede-cxx.la
liblede_cxx_la_SOURCES = shared/cxx/module.c
# There is no such file: its name has the module linked as C++.
nodist_EXTRA_liblede_cxx_la_SOURCES = shared/cxx/none.cc
liblede_cxx_la_LIBADD = libcxx.la libbase.la
liblede_cxx_la_LDFLAGS = -module -avoid-version -shared -no-undefined \
	-export-symbols-regex '^lede_cxx_table$$'

liblede_la_SOURCES += shared/cxx/load.c
liblede_la_CPPFLAGS = -DCXX_FOLDER='"$(pkglibdir)"' $(AM_CPPFLAGS)
