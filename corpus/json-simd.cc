/* json-simd.cc - JSON by simdjson, where that gives what json-c would; see
   json.h (Langdale and Lemire, Parsing gigabytes of JSON per second, 2019).

   It is left to json-c where simdjson
     - finds a fault, or reads less: texts that are not UTF-8 or begin with a
       mark, NaN, lone halves of surrogates, integers beyond 64 bits;
     - does not keep what is written: numbers with a point or an exponent;
     - keeps what json-c does not: keys that are there twice, NUL in a key. */

#include <cstring>
#include <forward_list>
#include <memory>
#include <string>
#include <vector>

#include <simdjson.h>

#include "corpus/json.h"

namespace {

namespace dom = simdjson::dom;

/* More members than this are not compared with one another. */
constexpr int members_max = 32;
/* Less than JSON_DEPTH_MAX: what is nested deeper is for json-c to judge. */
constexpr size_t depth_max = 32;

struct document : json {
    dom::parser parser;
    std::vector<json_value> row;
    std::forward_list<std::string> numbers;
};

void
free_document(struct json *doc)
{
    delete static_cast<document *>(doc);
}

struct str
str_of(std::string_view view)
{
    return { view.data(), view.size() };
}

/* Whether the object has a member of this name already. */
bool
is_known(const document &doc, size_t object, struct str key)
{
    for (size_t i = object + 1; i < doc.row.size(); i = doc.row[i].after) {
        if (str_eq(doc.row[i].key, key)) {
            return true;
        }
    }
    return false;
}

bool
add(document &doc, dom::element element, struct str key);

bool
add_members(document &doc, size_t at, dom::object object)
{
    int members = 0;

    for (dom::key_value_pair field : object) {
        struct str key = str_of(field.key);
        if (++members > members_max || is_known(doc, at, key)
            || memchr(key.p, '\0', key.len) != nullptr
            || !add(doc, field.value, key)) {
            return false;
        }
    }
    return true;
}

bool
add_items(document &doc, dom::array array)
{
    for (dom::element item : array) {
        if (!add(doc, item, { nullptr, 0 })) {
            return false;
        }
    }
    return true;
}

struct str
number(document &doc, std::string text)
{
    doc.numbers.push_front(std::move(text));
    return str_of(doc.numbers.front());
}

/* The depth is bounded by the parser. */
bool
add(document &doc, dom::element element, struct str key)
{
    size_t at = doc.row.size();
    json_value value = { key, { nullptr, 0 }, 0, JSON_NULL };
    bool good = true;

    switch (element.type()) {
    case dom::element_type::OBJECT:
        value.kind = JSON_OBJECT;
        break;
    case dom::element_type::ARRAY:
        value.kind = JSON_ARRAY;
        break;
    case dom::element_type::STRING:
        value.kind = JSON_STRING;
        value.text = str_of(std::string_view(element));
        break;
    case dom::element_type::INT64:
        value.kind = JSON_INTEGER;
        value.text = number(doc, std::to_string(int64_t(element)));
        break;
    case dom::element_type::UINT64:
        value.kind = JSON_INTEGER;
        value.text = number(doc, std::to_string(uint64_t(element)));
        break;
    case dom::element_type::BOOL:
        value.kind = JSON_BOOL;
        value.text = str_of(bool(element) ? "true" : "false");
        break;
    case dom::element_type::NULL_VALUE:
        break;
    default:
        return false;
    }
    doc.row.push_back(value);
    if (value.kind == JSON_OBJECT) {
        good = add_members(doc, at, element);
    } else if (value.kind == JSON_ARRAY) {
        good = add_items(doc, element);
    }
    doc.row[at].after = static_cast<uint32_t>(doc.row.size());
    return good;
}

} // namespace

extern "C" struct json *
lede__json_simd(struct str bytes)
try {
    if (bytes.len > JSON_SIMD_MAX) {
        return nullptr;
    }
    std::unique_ptr<document> doc(new document);
    dom::element root;
    if (doc->parser.allocate(bytes.len, depth_max) != simdjson::SUCCESS
        || doc->parser.parse(bytes.p, bytes.len).get(root)
               != simdjson::SUCCESS
        || !root.is_object() || !add(*doc, root, { nullptr, 0 })) {
        return nullptr;
    }
    doc->values = doc->row.data();
    doc->count = doc->row.size();
    doc->free = free_document;
    return doc.release();
} catch (...) {
    return nullptr;
}
