package io.anyserve.jinja;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.ToNumberPolicy;
import com.google.gson.reflect.TypeToken;
import io.anyserve.jinja.value.RenderLimits;
import io.anyserve.jinja.value.RenderedPrompt;
import io.anyserve.jinja.value.TemplateException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The recorded renderings among the test resources, and this project's answer to them. */
final class Recorded {

  /** The moment that the recordings took for now. */
  static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-05T14:07:09Z"), ZoneOffset.UTC);

  private static final Gson GSON =
      new GsonBuilder().setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE).create();

  private Recorded() {}

  /**
   * One rendering that jinja2 did.
   *
   * @param expected the text, or the message of the failure after "EXC "
   */
  record Case(String name, String source, Map<String, @Nullable Object> context, String expected) {

    boolean renders() {
      return !expected.startsWith("EXC ");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** The templates of a folder with its conversations. */
  static List<Case> folder(String folder) {
    Map<String, @Nullable Object> contexts = json(folder + "/contexts.json");
    List<Case> cases = new ArrayList<>();
    for (var recorded : json(folder + "/expected.json").entrySet()) {
      String[] name = recorded.getKey().split("/", 2);
      cases.add(
          new Case(
              recorded.getKey(),
              text(folder + "/" + name[1]),
              object(contexts.get(name[0])),
              (String) Objects.requireNonNull(recorded.getValue())));
    }
    return cases;
  }

  /** Templates of one line each. */
  static List<Case> expressions() {
    Map<String, @Nullable Object> context = json("expressions/context.json");
    List<Case> cases = new ArrayList<>();
    json("expressions/expected.json")
        .forEach(
            (source, expected) ->
                cases.add(
                    new Case(source, source, context, (String) Objects.requireNonNull(expected))));
    return cases;
  }

  static String text(String path) {
    try (InputStream in = Objects.requireNonNull(Recorded.class.getResourceAsStream(path), path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<String, @Nullable Object> json(String path) {
    return GSON.fromJson(text(path), new TypeToken<Map<String, @Nullable Object>>() {}.getType());
  }

  static RenderedPrompt render(String source, Map<String, @Nullable Object> context) {
    Map<String, @Nullable Object> variables = new LinkedHashMap<>(context);
    List<?> turns = (List<?>) Objects.requireNonNull(variables.remove("messages"));
    return ChatTemplate.parse(source, CLOCK, RenderLimits.DEFAULT)
        .render(messages(turns), variables);
  }

  /** What the recordings hold: the text, or the message of the failure after "EXC ". */
  static String outcome(String source, Map<String, @Nullable Object> context) {
    try {
      return render(source, context).text();
    } catch (TemplateException e) {
      return "EXC " + e.problem();
    }
  }

  @SuppressWarnings("unchecked") // JSON objects have text keys
  private static Map<String, @Nullable Object> object(@Nullable Object json) {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(json);
  }

  private static List<TemplateMessage> messages(List<?> turns) {
    List<TemplateMessage> messages = new ArrayList<>();
    for (Object turn : turns) {
      messages.add(message((Map<?, ?>) turn));
    }
    return messages;
  }

  private static TemplateMessage message(Map<?, ?> turn) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    turn.forEach((key, value) -> fields.put((String) key, value));
    String role = (String) Objects.requireNonNull(fields.remove("role"));
    return new TemplateMessage(role, fields.remove("content"), fields);
  }
}
