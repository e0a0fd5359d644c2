package io.anyserve.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.jinja.value.RenderLimits;
import io.anyserve.jinja.value.RenderedPrompt;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TemplateException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A template that asks for too much ends soon, with a clear message. */
final class RenderLimitsTest {

  private static final Duration SOON = Duration.ofMinutes(2);

  private static TemplateException failure(String template) {
    return assertTimeoutPreemptively(
        SOON,
        () ->
            assertThrows(
                TemplateException.class,
                () -> ChatTemplate.parse(template).render(List.of(), Map.of())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "{% for a in range(100000) %}{% for b in range(100000) %}xxxxxxxxxx{% endfor %}{% endfor %}",
        "{{ 'x' * 1000000000 }}",
        "{{ 'xxxxxxxxxxxxxxxx' * 9000000000000000000 }}",
        "{{ [1] * 1000000000 }}",
        "{% set n = namespace(s='xx') %}{% for i in range(100) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
        "{% set n = namespace(l=[1]) %}{% for i in range(100) %}{% set n.l = n.l + n.l %}{% endfor %}",
        "{% set n = namespace(l=[]) %}{% for i in range(90) %}{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l }}",
        "{% set n = namespace(l=[]) %}{% for i in range(90) %}{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l | tojson }}",
        "{% set n = namespace(a=[], b=[]) %}{% for i in range(90) %}{% set n.a = [n.a, n.a] %}{% set n.b = [n.b, n.b] %}{% endfor %}{{ n.a == n.b }}",
        "{% set n = namespace(l=[]) %}{% for i in range(90000) %}{% set n.l = [n.l] %}{% endfor %}{{ n.l }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ 'a'.ljust(2000000000) }}",
        "{{ 'a' | indent(2000000000, true) }}",
        "{% set x = 'a' * 4000000 %}{{ x.replace('a', x) }}",
        "{% set x = 'a' * 4000000 %}{{ x in x ~ 'b' }}{{ ('b' ~ x)[:3000000] in x ~ x }}",
        "{% set x = 'a' * 8000000 %}{% for c in x %}{% endfor %}",
        "{% set x = 'a' * 8000000 %}{% for i in range(100000) %}{{ x | length }}{{ x[5] }}{% endfor %}",
        "{% set x = ['a' * 1000000] * 100000 %}{{ x | join }}",
        "{% set x = 'a' * 1000000 %}{{ ([x ~ 'b', x ~ 'c'] * 100000) | sort | length }}",
        "{{ strftime_now('%c' * 4000000) }}",
        "{{ '{}' | tojson(indent='x' * 8000000) }}{{ [[[1]]] | tojson(indent='x' * 8000000) }}"
      })
  void endsAtABound(String template) {
    assertEquals(Kind.LIMIT, failure(template).kind());
  }

  @Test
  void messagesSayWhichBound() {
    assertEquals(
        "template line 2: a text of more than 8388608 characters",
        failure("\n{{ 'x' * 1000000000 }}").getMessage());
    assertTrue(
        failure("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")
            .problem()
            .startsWith("nested deeper than 500"));
  }

  @Test
  void valuesThatShareTheirPartsAreNoKeys() {
    String shared =
        "{% set n = namespace(l=[]) %}{% for i in range(90) %}{% set n.l = [n.l, n.l] %}{% endfor %}";
    assertEquals("unhashable type: 'list'", failure(shared + "{{ n.l in {'a': 1} }}").problem());
    assertEquals("unhashable type: 'list'", failure(shared + "{{ {n.l: 1} }}").problem());
    assertEquals(
        "dict object has no element list", failure(shared + "{{ {'a': 1}[n.l].x }}").problem());
  }

  @Test
  void sortingLargeNumbersOfBothKindsDoesNotContradictItself() {
    String template =
        "{% set l = [9007199254740993, 9007199254740992.0, 9007199254740992, 1e400, 0.5, 0] %}"
            + "{{ (l * 20) | sort | last }} {{ (l * 20) | sort | first }}";
    assertEquals("inf 0", ChatTemplate.parse(template).render(List.of(), Map.of()).text());
  }

  @Test
  void nestingInTheSourceIsBoundToo() {
    for (String deep :
        List.of("(".repeat(9999), "[".repeat(9999), "not ".repeat(9999), "-".repeat(9999) + "1")) {
      assertEquals(Kind.SYNTAX, failure("{{ " + deep + " }}").kind());
    }
    assertEquals(Kind.SYNTAX, failure("{% if 1 %}".repeat(9999)).kind());
    assertEquals(Kind.LIMIT, failure("{{ 1" + " + 1".repeat(9999) + " }}").kind());
    assertEquals(Kind.LIMIT, failure("{{ 'x'" + "|trim".repeat(9999) + " }}").kind());
  }

  @Test
  void deepValuesOfARequestAreRefused() {
    List<Object> deep = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      List<Object> outer = new ArrayList<>();
      outer.add(deep);
      deep = outer;
    }
    Map<String, Object> variables = Map.of("deep", deep);
    ChatTemplate template = ChatTemplate.parse("x");
    TemplateException failure =
        assertThrows(TemplateException.class, () -> template.render(List.of(), variables));
    assertEquals(Kind.LIMIT, failure.kind());
  }

  @Test
  void aSmallStackIsEnough() throws InterruptedException {
    List<TemplateException> failures = new ArrayList<>();
    Thread thread =
        new Thread(
            null,
            () -> failures.add(failure("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")),
            "small-stack",
            512 << 10);
    thread.start();
    thread.join();
    assertEquals(Kind.LIMIT, failures.getFirst().kind());
  }

  @Test
  void longConversationsFit() {
    List<TemplateMessage> messages = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      messages.add(new TemplateMessage("user", "x".repeat(300)));
      messages.add(new TemplateMessage("assistant", "<think>\n</think>" + "y".repeat(300)));
    }
    RenderedPrompt prompt =
        ChatTemplate.parse(Recorded.text("families/qwen3.j2"))
            .render(messages, Map.of("add_generation_prompt", true));
    assertTrue(prompt.text().length() > 3_000_000);
  }

  @Test
  void oneLongMessageFits() {
    TemplateMessage message =
        new TemplateMessage("assistant", "</think>" + "漢😀".repeat(1_000_000));
    RenderedPrompt prompt =
        ChatTemplate.parse(Recorded.text("families/qwen3.j2"))
            .render(List.of(new TemplateMessage("user", "hi"), message), Map.of());
    assertTrue(prompt.text().endsWith("漢😀<|im_end|>\n"));
  }

  @Test
  void limitsCheckThemselves() {
    assertEquals(
        "limits.depth: 1001 (expected: >= 1, <= 1000)",
        assertThrows(IllegalArgumentException.class, () -> new RenderLimits(1, 1, 1001))
            .getMessage());
    assertEquals(
        "limits.steps: 0 (expected: >= 1)",
        assertThrows(IllegalArgumentException.class, () -> new RenderLimits(1, 0, 1)).getMessage());
  }
}
