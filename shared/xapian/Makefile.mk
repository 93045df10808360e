# shared/xapian: the C wrapper over xapian-core. The .cc file here is the only
# one that sees a Xapian header; it is in shared/cxx/Makefile.mk.

noinst_LTLIBRARIES += libxapianengine.la
libxapianengine_la_SOURCES = \
	shared/xapian/generation.c \
	shared/xapian/generation.h
