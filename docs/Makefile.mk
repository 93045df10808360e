# docs: manuals and examples. Man pages, documents and examples are listed
# here to be shipped and installed.

dist_man_MANS += \
	docs/man/lede-add.1 \
	docs/man/lede-alert.1 \
	docs/man/lede-analyze.1 \
	docs/man/lede-background.1 \
	docs/man/lede-check.1 \
	docs/man/lede-convert.1 \
	docs/man/lede-eval.1 \
	docs/man/lede-fuse.1 \
	docs/man/lede-index.1 \
	docs/man/lede-info.1 \
	docs/man/lede-optimize.1 \
	docs/man/lede-remove.1 \
	docs/man/lede-search.1 \
	docs/man/lede-show.1 \
	docs/man/lede-similar.1 \
	docs/man/lede-suggest.1 \
	docs/man/lede.1 \
	docs/man/lede.3 \
	docs/man/lede.yaml.5

dist_doc_DATA += \
	CHANGELOG.md \
	README.md \
	docs/architecture.md \
	docs/json.md \
	docs/ranking.md

jsonschemadir = $(docdir)/json-schema
dist_jsonschema_DATA = \
	docs/json-schema/alert.json \
	docs/json-schema/analyze.json \
	docs/json-schema/check.json \
	docs/json-schema/convert.json \
	docs/json-schema/eval-compare.json \
	docs/json-schema/eval.json \
	docs/json-schema/index.json \
	docs/json-schema/info.json \
	docs/json-schema/optimize.json \
	docs/json-schema/query.json \
	docs/json-schema/remove.json \
	docs/json-schema/search.json \
	docs/json-schema/show.json \
	docs/json-schema/suggest.json

exampledir = $(docdir)/examples
dist_example_DATA = \
	docs/examples/search-folder.c
