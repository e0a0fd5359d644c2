package io.anyserve.worker.chat;

/**
 * What one rendering may use before it ends in {@link TemplateException.Kind#LIMIT}.
 *
 * @param characters of any one text, the output included
 * @param steps evaluated nodes, loop rounds and touched items
 * @param depth of nested calls and values
 */
public record Limits(int characters, long steps, int depth) {

  /** Room for prompts of a million tokens; a rendering that hits a bound does so within seconds. */
  public static final Limits DEFAULT = new Limits(16 << 20, 10_000_000, 500);

  /** Every text that a rendering makes on its way counts, the output is only the last. */
  private static final int COPIES = 32;

  public Limits {
    require(characters > 0, "characters", characters);
    require(steps > 0, "steps", steps);
    require(depth > 0 && depth <= 1_000, "depth", depth);
  }

  long work() {
    return (long) COPIES * characters;
  }

  private static void require(boolean valid, String name, long value) {
    if (!valid) {
      throw new IllegalArgumentException(
          "limits.%s: %d (expected: >= 1%s)"
              .formatted(name, value, name.equals("depth") ? ", <= 1000" : ""));
    }
  }
}
