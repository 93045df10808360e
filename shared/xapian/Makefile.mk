# shared/xapian: the C wrapper over xapian-core. The .cc file here is the only
# one that sees a Xapian header.

noinst_LTLIBRARIES += libxapianengine.la
libxapianengine_la_LIBADD = $(XAPIAN_LIBS) $(STDCXX_LIBS)
libxapianengine_la_SOURCES = \
	shared/xapian/generation.c \
	shared/xapian/generation.h \
	shared/xapian/xapian.cc \
	shared/xapian/xapian.h
