# docs: manuals and examples. Man pages, documents and examples are listed
# here to be shipped and installed.

dist_man_MANS += \
	docs/man/lede.yaml.5

dist_doc_DATA += \
	CHANGELOG.md \
	README.md \
	docs/architecture.md

EXTRA_DIST += \
	docs/examples/search-folder.c
