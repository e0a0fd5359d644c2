package io.anyserve.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.jinja.value.RenderLimits;
import io.anyserve.jinja.value.RenderedPrompt;
import io.anyserve.jinja.value.TemplateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random templates end in a text or in a {@link TemplateException}, never in anything else. */
final class TemplateFuzzTest {

  private static final RenderLimits SMALL = new RenderLimits(100_000, 50_000, 200);
  private static final int ROUNDS = 4_000;

  private static final Map<String, @Nullable Object> VARIABLES = variables();

  /** Words of real templates, tags and operators; most come from the recorded expressions. */
  private static final List<String> WORDS = words();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void soupOfWords(long seed) {
    Random random = new Random(seed);
    int rendered = 0;
    for (int round = 0; round < ROUNDS; round++) {
      int length = 1 + random.nextInt(12);
      String soup =
          random
              .ints(length, 0, WORDS.size())
              .mapToObj(WORDS::get)
              .collect(Collectors.joining(" "));
      rendered += ends("{{ " + soup + " }}") ? 1 : 0;
      rendered += ends("{% " + soup) ? 1 : 0;
    }
    assertTrue(rendered > ROUNDS / 100, "only " + rendered + " rendered");
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void mutatedTemplates(long seed) {
    Random random = new Random(seed);
    List<String> sources =
        Recorded.expressions().stream().map(Recorded.Case::source).distinct().toList();
    int rendered = 0;
    for (int round = 0; round < ROUNDS; round++) {
      StringBuilder source = new StringBuilder(sources.get(random.nextInt(sources.size())));
      for (int i = random.nextInt(4); i >= 0; i--) {
        mutate(source, random);
      }
      rendered += ends(source.toString()) ? 1 : 0;
    }
    assertTrue(rendered > ROUNDS / 10, "only " + rendered + " rendered");
  }

  private static void mutate(StringBuilder source, Random random) {
    int at = random.nextInt(source.length() + 1);
    int end = Math.min(source.length(), at + random.nextInt(4));
    switch (random.nextInt(3)) {
      case 0 -> source.delete(at, end);
      case 1 -> source.insert(at, WORDS.get(random.nextInt(WORDS.size())));
      default -> source.replace(at, end, Character.toString(random.nextInt(0x80)));
    }
  }

  /** Whether the template rendered. */
  private static boolean ends(String source) {
    RenderedPrompt prompt;
    try {
      prompt =
          ChatTemplate.parse(source, Recorded.CLOCK, SMALL)
              .render(List.of(new TemplateMessage("user", "hi")), VARIABLES);
    } catch (TemplateException e) {
      assertTrue(e.line() >= 1, () -> source + " -> " + e.getMessage());
      return false;
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError(source, e);
    }
    assertEquals(
        prompt.text(),
        prompt.segments().stream().map(RenderedPrompt.Segment::text).collect(Collectors.joining()));
    return true;
  }

  private static Map<String, @Nullable Object> variables() {
    Map<String, @Nullable Object> variables = Recorded.json("expressions/context.json");
    variables.remove("messages");
    return variables;
  }

  private static List<String> words() {
    List<String> words = new ArrayList<>(List.of("}}", "{{", "%}", "{%", "-%}", "{%-", "{#", "#}"));
    Recorded.expressions().stream()
        .flatMap(recorded -> List.of(recorded.source().split("[ ,]+")).stream())
        .distinct()
        .forEach(words::add);
    return words;
  }
}
