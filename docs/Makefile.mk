# docs: manuals and examples. Man pages, documents and examples are listed
# here to be shipped and installed.

dist_man_MANS += \
	docs/man/lede.yaml.5

dist_doc_DATA +=

EXTRA_DIST +=
