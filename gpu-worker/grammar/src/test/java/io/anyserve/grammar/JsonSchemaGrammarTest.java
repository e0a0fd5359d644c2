package io.anyserve.grammar;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which documents a schema allows. */
final class JsonSchemaGrammarTest {

  static Stream<Arguments> schemas() {
    return Stream.of(
        row(
            "true",
            List.of("1", "null", "[]", "{\"a\":{}}", "\"x\""),
            List.of("", "x", "[1", "1 ")),
        row("{'type':'null'}", List.of("null"), List.of("0", "nul", "nulll")),
        row("{'type':'boolean'}", List.of("true", "false"), List.of("True", "1")),
        row("{'type':['boolean','null']}", List.of("true", "null"), List.of("1", "''")),
        row(
            "{'type':'integer'}",
            List.of("0", "-1", "42", "999999999999999999"),
            List.of("-0", "01", "1.0", "1e2", "1000000000000000000", "+1", "-")),
        row(
            "{'type':'number'}",
            List.of("0", "-0.5", "1e9", "1.25E-3", "-0"),
            List.of("01", ".5", "1.", "1e", "1e100", "NaN", "0x1")),
        row(
            "{'type':'integer','minimum':-3,'exclusiveMaximum':12}",
            List.of("-3", "0", "9", "11"),
            List.of("-4", "-10", "12", "13", "110")),
        row(
            "{'type':'number','minimum':0.25,'maximum':10}",
            List.of("0.25", "0.3", "1", "9.999", "10", "10.0"),
            List.of("0.24", "0", "10.01", "11", "-1", "1e1")),
        row(
            "{'type':'number','exclusiveMinimum':-1.5,'exclusiveMaximum':0}",
            List.of("-1.49", "-1", "-0.001"),
            List.of("-1.5", "-2", "0", "-0", "0.1")),
        row(
            "{'type':'integer','minimum':4,'exclusiveMinimum':true}",
            List.of("5"),
            List.of("4", "3")),
        row(
            "{'type':'integer','multipleOf':7,'minimum':1}",
            List.of("7", "14", "707"),
            List.of("0", "1", "8", "-7")),
        row("{'type':'number','multipleOf':0.01}", List.of("1", "0.25", "3.1"), List.of("0.255")),
        row(
            "{'type':'string'}",
            List.of("''", "'a b'", "'\\n'", "'\\u00e9'", "'\\ud83d\\ude00'", "'é😀'"),
            List.of("'", "'\n'", "'\\x'", "'\\ud83d'", "'\\ude00'", "'\\ud83d\\u0041'")),
        row(
            "{'type':'string','minLength':2,'maxLength':3}",
            List.of("'ab'", "'😀é'", "'\\n\\u0041'", "'\\ud83d\\ude00a'"),
            List.of("'a'", "'abcd'", "'😀'", "'\\n'")),
        row(
            "{'type':'string','pattern':'^[a-c]+$','maxLength':3}",
            List.of("'a'", "'abc'"),
            List.of("''", "'abca'", "'d'", "'\\u0061'")),
        row(
            "{'type':'string','pattern':'b|^c$'}",
            List.of("'abc'", "'b'", "'c'"),
            List.of("'ac'", "'cc'")),
        row("{'type':'string','pattern':'^\\\"\\\\\\\\$'}", List.of("'\\\"\\\\'"), List.of("'\"'")),
        row(
            "{'type':'string','format':'date'}",
            List.of("'2024-02-29'", "'2023-12-31'"),
            List.of("'2023-02-29'", "'1900-02-29'", "'2024-13-01'", "'2024-04-31'")),
        row(
            "{'type':'string','format':'email'}",
            List.of("'a.b+c@x-y.org'"),
            List.of("'a@'", "'a..b@c.org'", "'@c.org'", "'a@-c.org'")),
        row(
            "{'enum':[1,'a',null,[1],{'x':2}]}",
            List.of("1", "'a'", "null", "[1]", "[ 1]", "{'x':2}"),
            List.of("2", "'b'", "[]", "[1,1]", "{}", "{'x':1}")),
        row("{'const':1.50}", List.of("1.5"), List.of("1.50", "1", "15e-1")),
        row("{'type':'integer','enum':[1.0,2.5]}", List.of("1"), List.of("2.5", "1.0")),
        row(
            "{'type':'array','items':{'type':'integer'},'minItems':1,'maxItems':2}",
            List.of("[1]", "[1,2]", "[ 1, 2 ]", "[\n  1\n]"),
            List.of("[]", "[1,2,3]", "[1,]", "[  1]", "[1 ,2]", "[\n\n1]")),
        row(
            "{'type':'array','prefixItems':[{'const':1},{'const':2}],'items':false}",
            List.of("[]", "[1]", "[1,2]"),
            List.of("[2]", "[1,2,3]")),
        row(
            "{'type':'array','items':[{'const':1}],'additionalItems':{'const':0}}",
            List.of("[1]", "[1,0,0]"),
            List.of("[0]", "[1,1]")),
        row(
            "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'null'}},"
                + "'required':['b'],'additionalProperties':false}",
            List.of("{'b':null}", "{'a':1,'b':null}", "{ 'a': 1, 'b': null }"),
            List.of("{}", "{'a':1}", "{'b':null,'a':1}", "{'b':null,'b':null}", "{'b':null,}")),
        row(
            "{'type':'object','properties':{'a':{'const':1}},'additionalProperties':{'const':2}}",
            List.of("{}", "{'a':1}", "{'x':2}", "{'a':1,'x':2,'y':2}", "{'ab':2}", "{'':2}"),
            List.of("{'a':2}", "{'x':1}", "{'x':2,'x':2}", "{'x':2,'a':1}", "{'\\u0061':2}")),
        row(
            "{'type':'object','patternProperties':{'^s_':{'const':'s'}},"
                + "'additionalProperties':false}",
            List.of("{}", "{'s_':'s'}", "{'s_a':'s','s_b':'s'}"),
            List.of("{'a':'s'}", "{'s_a':1}", "{'s_a':'s','s_a':'s'}")),
        row(
            "{'type':'object','required':['x'],'minProperties':2,'maxProperties':3}",
            List.of("{'x':1,'y':2}", "{'x':1,'y':2,'z':3}"),
            List.of("{'x':1}", "{'x':1,'a':1,'b':1,'c':1}", "{'y':1,'z':2}")),
        row(
            "{'type':'object','propertyNames':{'pattern':'^[a-z]*$'}}",
            List.of("{'abc':1}"),
            List.of("{'A':1}")),
        row(
            "{'anyOf':[{'type':'object','properties':{'a':{'type':'integer'}},'required':['a'],"
                + "'additionalProperties':false},{'type':'object','properties':{'a':{'type':"
                + "'string'},'b':{}},'required':['a','b'],'additionalProperties':false}]}",
            List.of("{'a':1}", "{'a':'x','b':[]}"),
            List.of("{'a':'x'}", "{'a':1,'b':1}")),
        row(
            "{'type':'object','properties':{'k':{},'v':{}},'required':['k'],'oneOf':["
                + "{'properties':{'k':{'const':'i'},'v':{'type':'integer'}}},"
                + "{'properties':{'k':{'const':'s'},'v':{'type':'string'}}}]}",
            List.of("{'k':'i','v':1}", "{'k':'s','v':'x'}", "{'k':'s','o':1}"),
            List.of("{'k':'i','v':'x'}", "{'k':'z'}")),
        row(
            "{'allOf':[{'type':'object','properties':{'a':{'minimum':1}}},"
                + "{'properties':{'a':{'type':'integer','maximum':3}},'required':['a']}]}",
            List.of("{'a':1}", "{'a':3,'z':0}"),
            List.of("{}", "{'a':0}", "{'a':4}", "{'a':1.5}")),
        row(
            "{'$ref':'#/$defs/tree','$defs':{'tree':{'type':'object','properties':{'kids':{'type':"
                + "'array','items':{'$ref':'#/$defs/tree'}}},'required':['kids'],"
                + "'additionalProperties':false}}}",
            List.of("{'kids':[]}", "{'kids':[{'kids':[]},{'kids':[{'kids':[]}]}]}"),
            List.of("{'kids':[{}]}", "{'kids':[[]]}")),
        row(
            "{'type':'object','properties':{'never':{'$ref':'#'},'a':{'const':1}},"
                + "'required':['a'],'additionalProperties':false}",
            List.of("{'a':1}", "{'never':{'a':1},'a':1}"),
            List.of("{'never':{},'a':1}")),
        row(
            "{'not':{'type':['object','array']},'type':['object','string']}",
            List.of("'x'"),
            List.of("{}", "1")));
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void allowsWhatMatchesAndNothingElse(String schema, List<String> matching, List<String> others) {
    OutputGrammar grammar = OutputGrammar.jsonSchema(schema);

    matching.forEach(text -> assertTrue(allows(grammar, text), schema + " allows " + text));
    others.forEach(text -> assertFalse(allows(grammar, text), schema + " refuses " + text));
  }

  static boolean allows(OutputGrammar grammar, String text) {
    return grammar.start().advance(text.getBytes(StandardCharsets.UTF_8)).mayEnd();
  }

  private static Arguments row(String schema, List<String> matching, List<String> others) {
    return Arguments.of(
        quoted(schema),
        matching.stream().map(JsonSchemaGrammarTest::quoted).toList(),
        others.stream().map(JsonSchemaGrammarTest::quoted).toList());
  }

  private static String quoted(String text) {
    return text.replace('\'', '"');
  }
}
