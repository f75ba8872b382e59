"""What the server serves of schema/openapi.yaml, made when it is built: the contract as JSON, in OpenAPI 3.1 and in the 3.0
form that generators of clients read, and the page /docs. There is one source; nothing is written by hand.

    contract.py openapi.yaml OUT.cpp       the documents as C++, for the server
    contract.py openapi.yaml --print NAME  one of them on standard output
"""
import html
import json
import re
import sys

import yaml

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
# What 3.0 has no word for. Leaving one out makes a schema wider, never narrower.
ONLY_3_1 = ("unevaluatedProperties", "contains", "minContains", "maxContains", "propertyNames", "patternProperties", "prefixItems", "if",
            "then", "else", "dependentRequired", "dependentSchemas", "$defs", "$comment", "contentMediaType", "contentEncoding", "contentSchema")


class Loader(yaml.SafeLoader):
    """YAML 1.2's words: dates are text, and only true and false are booleans."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in rows if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read(path):
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader)


# --------------------------------------------------------------------------------------------------------- OpenAPI 3.0
def is_null(schema):
    return isinstance(schema, dict) and schema.get("type") == "null"


def schema_3_0(schema, dates=()):
    """One schema of JSON Schema 2020-12 as OpenAPI 3.0 writes it. `dates`: the named schemas that stand for days and times."""
    if schema is True or schema == {}:
        return {}
    if schema.get("$ref") in dates:  # generators make a date of the type, and nothing of its name
        return schema_3_0({**dates[schema["$ref"]], **{key: value for key, value in schema.items() if key != "$ref"}}, dates)
    if "$ref" in schema:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return schema_3_0(dict(beside, allOf=[{"$ref": schema["$ref"]}]), dates) if beside else {"$ref": schema["$ref"]}
    made = {}
    for key, value in schema.items():
        if key in ONLY_3_1:
            continue
        if key in ("properties",):
            made[key] = {name: schema_3_0(one, dates) for name, one in value.items()}
        elif key in ("items", "not") or (key == "additionalProperties" and isinstance(value, dict)):
            made[key] = schema_3_0(value, dates)
        elif key in ("allOf", "anyOf", "oneOf"):
            made[key] = [schema_3_0(one, dates) for one in value if not is_null(one)]
            if any(is_null(one) for one in value):
                made["nullable"] = True
        elif key == "type" and isinstance(value, list):
            kinds = [kind for kind in value if kind != "null"]
            if len(kinds) != len(value):
                made["nullable"] = True
            if len(kinds) == 1:
                made["type"] = kinds[0]
            elif kinds:
                made["anyOf"] = [{"type": kind} for kind in kinds]
        elif key == "const":
            if not isinstance(value, bool):  # generators make words of an enumeration
                made["enum"] = [value]
            made.setdefault("type", {str: "string", bool: "boolean", int: "integer"}[type(value)])
        elif key in ("exclusiveMinimum", "exclusiveMaximum"):
            made[key.replace("exclusiveM", "m")] = value
            made[key] = True
        elif key == "examples":
            made["example"] = value[0]
        else:
            made[key] = value
    if made.get("type") == "null":  # 3.0 has no such type: a value that is always null is any value that may be null
        del made["type"]
        made["nullable"] = True
    for key in ("oneOf", "anyOf"):
        if len(made.get(key, ())) == 1:  # what is left of "this, or null"
            made.setdefault("allOf", []).extend(made.pop(key))
    if len(made.get("allOf", ())) == 1 and "$ref" not in made["allOf"][0]:
        made = {**made.pop("allOf")[0], **made}
    if made.get("enum") and None in made["enum"]:  # said by nullable; generators make a word of it
        made["enum"] = [word for word in made["enum"] if word is not None]
        made["nullable"] = True
    if made.get("format") in ("date", "date-time"):  # generators make a date of it, to which no pattern applies
        made.pop("pattern", None)
    if made.get("type") == "array" and "items" not in made:
        made["items"] = {}
    return made


def media_3_0(media, dates):
    made = {key: value for key, value in media.items() if key != "schema"}
    schema = schema_3_0(media.get("schema", {}), dates)
    if not schema:  # bytes of any kind
        schema = {"type": "string", "format": "binary"}
    made["schema"] = schema
    return made


def node_3_0(node, dates):
    """Anything of the contract but a schema."""
    if isinstance(node, list):
        return [node_3_0(one, dates) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": node["$ref"]}
    made = {}
    for key, value in node.items():
        if key == "schema":
            made[key] = schema_3_0(value, dates)
        elif key == "schemas":
            made[key] = {name: schema_3_0(one, dates) for name, one in value.items()}
        elif key == "responses" and {"200", "201"} <= set(value):
            # Generators know one type of answer, that of the lowest status: the check before a creation gives way.
            made[key] = node_3_0({status: one for status, one in value.items() if status != "200"}, dates)
        elif key == "content":
            made[key] = {kind: media_3_0(media, dates) for kind, media in value.items()}
        elif key in ("example", "examples"):
            made[key] = value
        else:
            made[key] = node_3_0(value, dates)
    return made


def to_3_0(contract):
    schemas = contract["components"]["schemas"]
    dates = {f"#/components/schemas/{name}": one for name, one in schemas.items() if one.get("format") in ("date", "date-time")}
    made = node_3_0(contract, dates)
    made["openapi"] = "3.0.3"
    made["info"].pop("summary", None)
    made["info"].get("license", {}).pop("identifier", None)
    return made


# ---------------------------------------------------------------------------------------------------------------- page
STYLE = """
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1,h2,h3{line-height:1.25}h2{border-bottom:1px solid #8888;margin-top:3rem}h3{margin-top:2rem}code,pre{font-family:ui-monospace,monospace;font-size:.9em}
pre{overflow:auto;background:#8881;padding:.75rem;border-radius:4px}table{border-collapse:collapse;width:100%}td,th{border:1px solid #8886;padding:.25rem .5rem;text-align:left;vertical-align:top}
.method{display:inline-block;min-width:4em;font-weight:700}summary{cursor:pointer}a{color:inherit}nav ul{columns:18rem;padding-left:1.2rem}
"""


def text(markdown):
    """The little Markdown of the contract: paragraphs, lists, `code`, **strong**."""
    def inline(line):
        line = html.escape(line, quote=False)
        line = re.sub(r"`([^`]+)`", r"<code>\1</code>", line)
        return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", line)
    made, items = [], []
    for block in re.split(r"\n\s*\n", str(markdown).strip()):
        for part in re.split(r"\n(?=\* )", block):
            if part.startswith("* "):
                items.append(f"<li>{inline(' '.join(part[2:].split()))}</li>")
            else:
                if items:
                    made.append(f"<ul>{''.join(items)}</ul>")
                    items = []
                made.append(f"<p>{inline(' '.join(part.split()))}</p>")
    if items:
        made.append(f"<ul>{''.join(items)}</ul>")
    return "".join(made)


class Page:
    def __init__(self, contract):
        self.contract = contract

    def resolved(self, node):
        while isinstance(node, dict) and "$ref" in node:
            at = self.contract
            for step in node["$ref"].split("/")[1:]:
                at = at[step]
            node = at
        return node

    def type_of(self, schema):
        """A short name of what a value is, with a link to its schema."""
        if not isinstance(schema, dict):
            return "any"
        if "$ref" in schema:
            name = schema["$ref"].split("/")[-1]
            return f'<a href="#schema-{name}">{name}</a>'
        for key in ("oneOf", "anyOf"):
            if key in schema:
                return " | ".join(self.type_of(one) for one in schema[key])
        if "allOf" in schema:
            return " &amp; ".join(self.type_of(one) for one in schema["allOf"])
        if "const" in schema:
            return f"<code>{html.escape(json.dumps(schema['const'], ensure_ascii=False))}</code>"
        kind = schema.get("type", "any")
        kind = " | ".join(kind) if isinstance(kind, list) else kind
        if kind == "array":
            return f"array of {self.type_of(schema.get('items', {}))}"
        return html.escape(schema.get("format", kind))

    def limits_of(self, schema):
        words = {"minLength": "at least {} characters", "maxLength": "at most {} characters", "minimum": "from {}", "maximum": "to {}",
                 "minItems": "at least {} entries", "maxItems": "at most {} entries", "pattern": "pattern {}"}
        said = [words[key].format(f"<code>{html.escape(str(schema[key]))}</code>") for key in words if key in schema]
        if "enum" in schema:
            said.append("one of " + ", ".join(f"<code>{html.escape(str(word))}</code>" for word in schema["enum"]))
        return "; ".join(said)

    def rows_of(self, schema):
        rows = []
        for part in [schema] + [self.resolved(one) for one in schema.get("allOf", [])]:
            for name, value in part.get("properties", {}).items():
                own = value if isinstance(value, dict) else {}
                need = "required" if name in part.get("required", []) else ""
                about = text(own.get("description", "")) if own.get("description") else ""
                rows.append(f"<tr><td><code>{html.escape(name)}</code></td><td>{self.type_of(own)}</td><td>{need}</td>"
                            f"<td>{about}{self.limits_of(own)}</td></tr>")
        if not rows:
            return ""
        return f"<table><tr><th>Member 字段</th><th>Type 类型</th><th></th><th>Meaning 说明</th></tr>{''.join(rows)}</table>"

    def example_of(self, media):
        schema = self.resolved(media.get("schema", {}))
        if "example" in media:
            return media["example"]
        return schema.get("example") if isinstance(schema, dict) else None

    def content_of(self, content):
        made = []
        for kind, media in content.items():
            made.append(f"<p><code>{html.escape(kind)}</code>: {self.type_of(media.get('schema', {}))}</p>")
            example = self.example_of(media)
            if example is not None:
                shown = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=2)
                made.append(f"<details><summary>Example 示例</summary><pre>{html.escape(shown)}</pre></details>")
        return "".join(made)

    def operation(self, path, method, operation, shared):
        made = [f'<h3 id="{operation["operationId"]}"><span class="method">{method.upper()}</span> <code>{html.escape(path)}</code></h3>',
                text(operation.get("summary", "")), text(operation["description"]) if "description" in operation else "",
                f"<p><code>{operation['operationId']}</code>"]
        if operation.get("security") == []:
            made.append(" · no token 无需令牌</p>")
        elif operation.get("security") == [{"visit": []}]:
            made.append(" · the subject, signed in to the own case 当事人本人登录</p>")
        else:
            roles = operation.get("x-roles")
            made.append(f" · roles 角色: {', '.join(roles)}</p>" if roles else " · any account 任何账号</p>")
        rows = []
        for parameter in map(self.resolved, shared + operation.get("parameters", [])):
            schema = self.resolved(parameter.get("schema", {}))
            about = parameter.get("description") or schema.get("description") or ""
            need = "required" if parameter.get("required") else ""
            rows.append(f"<tr><td><code>{html.escape(parameter['name'])}</code></td><td>{parameter['in']}</td><td>{need}</td>"
                        f"<td>{text(about) if about else ''}{self.limits_of(schema)}</td></tr>")
        if rows:
            made.append(f"<table><tr><th>Parameter 参数</th><th>In 位置</th><th></th><th>Meaning 说明</th></tr>{''.join(rows)}</table>")
        if "requestBody" in operation:
            made.append("<h4>Request 请求</h4>" + self.content_of(self.resolved(operation["requestBody"])["content"]))
        made.append("<h4>Answers 应答</h4>")
        for status, answer in operation["responses"].items():
            answer = self.resolved(answer)
            made.append(f"<p><strong>{status}</strong> {html.escape(' '.join(answer.get('description', '').split()))}</p>")
            if status.startswith("2"):
                made.append(self.content_of(answer.get("content", {})))
        return "".join(made)

    def made(self):
        info = self.contract["info"]
        by_tag = {tag["name"]: [] for tag in self.contract["tags"]}
        for path, item in self.contract["paths"].items():
            for method in METHODS:
                if method in item:
                    by_tag[item[method]["tags"][0]].append((path, method, item[method], item.get("parameters", [])))
        contents, sections = [], []
        for tag in self.contract["tags"]:
            operations = by_tag[tag["name"]]
            links = "".join(f'<li><a href="#{one["operationId"]}">{one["operationId"]}</a></li>' for _, _, one, _ in operations)
            contents.append(f'<p><strong>{html.escape(tag["description"])}</strong></p><ul>{links}</ul>')
            sections.append(f'<h2>{html.escape(tag["description"])}</h2>' + "".join(self.operation(*one) for one in operations))
        schemas = []
        for name, schema in sorted(self.contract["components"]["schemas"].items()):
            about = text(schema["description"]) if "description" in schema else ""
            schemas.append(f'<h3 id="schema-{name}">{name}</h3><p>{self.type_of({k: v for k, v in schema.items() if k != "allOf"})} '
                           f"{self.limits_of(schema)}</p>{about}{self.rows_of(schema)}")
        return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
                f"<title>{info['title']} {info['version']}</title><style>{STYLE}</style></head><body><h1>{info['title']} {info['version']}</h1>"
                f"<p>{html.escape(info['summary'])}</p>"
                '<p>The contract for programs 供程序读取的接口契约: <a href="/openapi.json">OpenAPI 3.1</a>, <a href="/openapi-3.0.json">OpenAPI 3.0</a>, '
                '<a href="/openapi.yaml">YAML</a>; <a href="/v1/vocabulary">words 词表</a>; <a href="/problems">refusals 错误类型</a>.</p>'
                f"{text(info['description'])}<nav>{''.join(contents)}</nav>{''.join(sections)}<h2>Schemas 数据结构</h2>{''.join(schemas)}"
                "</body></html>\n")


# ---------------------------------------------------------------------------------------------------------------- main
def documents(path):
    contract = read(path)
    with open(path, encoding="utf-8") as file:
        source = file.read()
    compact = {"ensure_ascii": False, "separators": (",", ":")}
    return {"openapi.yaml": source, "openapi.json": json.dumps(contract, **compact) + "\n",
            "openapi-3.0.json": json.dumps(to_3_0(contract), **compact) + "\n", "docs.html": Page(contract).made()}


def literal(data):
    """Bytes as adjacent C++ literals. Octal escapes end after three digits, whatever comes next."""
    pieces = []
    for start in range(0, len(data), 256):
        piece = "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}" for b in data[start:start + 256])
        pieces.append(f'    "{piece}"')
    return "\n".join(pieces)


def main(path, out, name=None):
    made = documents(path)
    if out == "--print":
        sys.stdout.write(made[name])
        return
    rows = ",\n".join(f'    {{"{name}", {{\n{literal(body.encode())},\n    {len(body.encode())}}}}}' for name, body in made.items())
    with open(out, "w", encoding="ascii") as file:
        file.write('#include "server/api/contract.hpp"\n\nnamespace sponsio::api {\nnamespace {\n'
                   f"constexpr ContractDocument rows[] = {{\n{rows}}};\n}}  // namespace\n\n"
                   "std::span<ContractDocument const> contract_documents() {\n    return rows;\n}\n}  // namespace sponsio::api\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
