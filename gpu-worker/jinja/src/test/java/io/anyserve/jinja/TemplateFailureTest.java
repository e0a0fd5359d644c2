package io.anyserve.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TemplateException.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A failure says whose mistake it is, on which line and in which construct. */
final class TemplateFailureTest {

  private static TemplateException failure(String template) {
    return assertThrows(
        TemplateException.class,
        () -> ChatTemplate.parse(template).render(List.of(), Map.of()),
        template);
  }

  private static void check(Kind kind, String message, String template) {
    TemplateException failure = failure(template);
    assertEquals(message, failure.getMessage());
    assertEquals(kind, failure.kind());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {{ 1                     | 1 | a tag is never closed (expected: }})
          {%  if x                 | 1 | a tag is never closed (expected: %})
          {# never                 | 1 | a comment is never closed (expected: #})
          a\\n{% raw %}            | 2 | 'raw' is never closed (expected: {% endraw %})
          \\n{% for x in y %}\\n   | 2 | 'for' is never closed (expected: {% endfor %})
          {% if x %}\\n{% endfor %}| 2 | unexpected tag 'endfor' (expected: for, if, set, macro, with, filter, generation, raw)
          {% include "x" %}        | 1 | unexpected tag 'include' (expected: for, if, set, macro, with, filter, generation, raw)
          {% endif %}              | 1 | unexpected tag 'endif' (expected: for, if, set, macro, with, filter, generation, raw)
          {% break %}              | 1 | 'break' outside of a loop
          {{ 'a }}                 | 1 | a string is never closed (expected: ')
          {{ 1 + }}                | 1 | unexpected '}}' (expected: an expression)
          {{ a b }}                | 1 | unexpected 'b' (expected: '}}')
          {{ ) }}                  | 1 | unexpected ')' (expected: an opening bracket before it)
          {{ (1] }}                | 1 | unexpected ']' (expected: ))
          {{ a ? b }}              | 1 | unexpected character '?' in a tag
          {{ [1 2] }}              | 1 | unexpected '2' (expected: ',')
          {{ f(a=1, 2) }}          | 1 | unexpected '2' (expected: a keyword argument or ')')
          {{ a.'b' }}              | 1 | unexpected a string (expected: a name)
          {{ a[] }}                | 1 | unexpected ']' (expected: an expression)
          {{ }}                    | 1 | unexpected '}}' (expected: an expression)
          {% %}                    | 1 | unexpected '%}' (expected: a name)
          {% for x in y recursive %}{% endfor %} | 1 | unexpected 'recursive' (expected: '%}')
          {% if a if b %}{% endif %} | 1 | unexpected 'if' (expected: '%}')
          {{ 99999999999999999999 }} | 1 | integer 99999999999999999999 (expected: at most 64 bits)
          {{ '\\\\x1' }}           | 1 | a broken escape in a string (expected: 2 hexadecimal digits)
          """)
  void syntax(String template, int line, String problem) {
    String source = template.replace("\\\\", "\u0000").replace("\\n", "\n").replace('\u0000', '\\');
    check(Kind.SYNTAX, "template line %d: %s".formatted(line, problem), source);
    assertEquals(problem, failure(source).problem());
    assertEquals(line, failure(source).line());
  }

  @Test
  void evaluationNamesTheConstruct() {
    check(
        Kind.EVALUATION,
        "template line 3, filter 'tojson': Object of type Undefined is not JSON serializable",
        "\n\n{{ missing | tojson }}");
    check(Kind.EVALUATION, "template line 2: 'x' is undefined", "\n{{ x.y }}");
    check(
        Kind.EVALUATION, "template line 1, filter 'nope': No filter named 'nope'.", "{{ 1|nope }}");
    check(
        Kind.EVALUATION, "template line 1, test 'nope': No test named 'nope'.", "{{ 1 is nope }}");
    check(
        Kind.EVALUATION,
        "template line 2, for: 'NoneType' object is not iterable",
        "\n{% for x in none %}\n{% endfor %}");
    check(
        Kind.EVALUATION,
        "template line 1, set: not enough values to unpack (expected 2, got 1)",
        "{% set a, b = [1] %}");
    check(
        Kind.EVALUATION,
        "template line 1, call of 'split': empty separator",
        "{{ 'a'.split('') }}");
    check(
        Kind.EVALUATION,
        "template line 1, call of 'm': macro 'm': 2 arguments (expected: at most 1)",
        "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}");
    check(
        Kind.EVALUATION,
        "template line 1, filter 'trim': strip: unexpected argument 'x' (expected: chars)",
        "{{ 'a' | trim(x=1) }}");
    check(
        Kind.EVALUATION,
        "template line 1: '*' on integers: the result exceeds 64 bits",
        "{{ 9223372036854775807 * 2 }}");
  }

  @Test
  void aLineInsideATagOfSeveralLines() {
    assertEquals(3, failure("{{ 1 +\n 2 +\n missing.x }}").line());
  }

  @Test
  void whatTheTemplateRaises() {
    check(
        Kind.RAISED,
        "template line 2, call of 'raise_exception': roles must alternate",
        "{% if true %}\n{{ raise_exception('roles must alternate') }}{% endif %}");
    assertEquals("no", failure("{{ raise_exception('no') }}").problem());
  }

  @Test
  void valuesThatNoTemplateKnows() {
    TemplateException failure =
        assertThrows(
            TemplateException.class,
            () -> ChatTemplate.parse("").render(List.of(), Map.of("now", java.time.Instant.EPOCH)));
    assertEquals(
        "variable: java.time.Instant (expected: null, Boolean, Long, Double, String, List or Map)",
        failure.problem());
  }

  @Test
  void messagesCheckThemselves() {
    assertEquals(
        "message.content: java.lang.Integer (expected: a String, a List of parts or null)",
        assertThrows(IllegalArgumentException.class, () -> new TemplateMessage("user", 1))
            .getMessage());
    assertEquals(
        "message.fields: [role] (expected: neither role nor content)",
        assertThrows(
                IllegalArgumentException.class,
                () -> new TemplateMessage("user", "", Map.of("role", "system")))
            .getMessage());
  }
}
