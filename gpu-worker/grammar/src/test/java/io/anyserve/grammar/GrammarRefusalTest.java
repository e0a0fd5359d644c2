package io.anyserve.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.grammar.regular.InvalidGrammarException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A refusal names the place, what stands there, and what is expected. */
final class GrammarRefusalTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'properties':{'a':{'if':{}}}} | #/properties/a/if: unsupported keyword (expected: one that"
            + " is supported)",
        "{'requried':['a']} | #/requried: unsupported keyword (expected: one that is supported)",
        "{'type':'text'} | #/type: 'text' (expected: null, boolean, integer, number, string, array or"
            + " object)",
        "{'format':'color'} | #/format: 'color' (expected: date, time, date-time, uuid, ipv4, ipv6,"
            + " hostname, email, uri)",
        "{'uniqueItems':true} | #/uniqueItems: true (expected: false)",
        "{'multipleOf':0.3} | #/multipleOf: 0.3 (expected: an integer from 1 to 2000, or 0.1, 0.01 and"
            + " so on)",
        "{'minLength':-1} | #/minLength: -1 (expected: an integer from 0 to 1000000)",
        "{'$ref':'#/$defs/x'} | #/$ref: #/$defs/x (expected: a reference to a place that exists)",
        "{'$ref':'http://a/b'} | #/$ref: http://a/b (expected: a reference into this schema, such as"
            + " #/$defs/name)",
        "{'$ref':'#'} | #: a schema that refers to itself (expected: a property or an element between"
            + " the two)",
        "{'oneOf':[{'type':'integer'},{'type':'number'}]} | #/oneOf: alternatives that may match the"
            + " same value (expected: alternatives that exclude each other, or anyOf)",
        "{'pattern':'(?=a)'} | #/pattern: pattern '(?=a)' at character 2 (expected: a group, (?:group)"
            + " or (?<name>group); no look-around and no flags)",
        "{'type':'object','properties':{'a':{'$ref':'#'}},'required':['a']} | #:"
            + " {'type':'object','properties':{'a':{'$ref':'#'}},'required':['a']} (expected: a schema"
            + " that some document matches)",
        "{'type':'integer','minimum':3,'maximum':2} | #:"
            + " {'type':'integer','minimum':3,'maximum':2} (expected: a schema that some document"
            + " matches)",
        "{'const':'\\ud83d'} | #/const: a lone surrogate (expected: a text of whole characters)",
        "[] | #: [] (expected: a schema, which is an object)",
        "{'a': | #: not JSON",
      })
  void namesThePlace(String schema, String message) {
    assertRefused(schema.replace('\'', '"'), message.replace('\'', '"'));
  }

  @Test
  void schemasThatAreTooLargeAreRefused() {
    assertRefused("{\"description\":\"" + "x".repeat(300_000) + "\"}", "#: schema of 300018");
    assertRefused("{\"items\":".repeat(200) + "{}" + "}".repeat(200), "#: not JSON");
  }

  /** Each doubles the alternatives. */
  @Test
  void alternativesThatMultiplyAreRefused() {
    var all = new StringBuilder();
    for (char name = 'a'; name <= 'n'; name++) {
      all.append(all.isEmpty() ? "" : ",").append(twoNames(name));
    }

    assertRefused(
        "{\"type\":\"object\",\"allOf\":[" + all + "]}", "#/allOf: too many alternatives");
  }

  private static String twoNames(char name) {
    return "{\"anyOf\":[{\"required\":[\"%s\"]},{\"required\":[\"%sx\"]}]}".formatted(name, name);
  }

  @Test
  void automataThatExplodeAreRefused() {
    assertRefused(
        "{\"type\":\"string\",\"pattern\":\"^.{9000}a\",\"maxLength\":9500}",
        "#/pattern: too complex");
  }

  private static void assertRefused(String schema, String message) {
    var refusal =
        assertThrows(InvalidGrammarException.class, () -> OutputGrammar.jsonSchema(schema), schema);
    String told = String.valueOf(refusal.getMessage());
    if (message.endsWith(")")) {
      assertEquals(message, told);
    } else {
      assertTrue(told.startsWith(message), told);
    }
  }
}
