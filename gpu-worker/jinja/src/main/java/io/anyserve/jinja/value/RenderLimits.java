package io.anyserve.jinja.value;

/**
 * What one rendering may use before it ends in {@link TemplateException.Kind#LIMIT}.
 *
 * @param characters of any one text, the output included
 * @param steps evaluated nodes, loop rounds and touched items
 * @param depth of nested calls and values
 */
public record RenderLimits(int characters, long steps, int depth) {

  /** Room for prompts of a million tokens; a rendering that hits a bound does so within seconds. */
  public static final RenderLimits DEFAULT = new RenderLimits(8 << 20, 5_000_000, 500);

  /** The output is the last of many texts that a rendering makes on its way. */
  private static final int COPIES = 16;

  /** Searching costs time but no memory. */
  private static final int SEARCHES = 64;

  public RenderLimits {
    require(characters > 0, "characters", characters);
    require(steps > 0, "steps", steps);
    require(depth > 0 && depth <= 1_000, "depth", depth);
  }

  long copied() {
    return (long) COPIES * characters;
  }

  long searched() {
    return (long) SEARCHES * characters;
  }

  private static void require(boolean valid, String name, long value) {
    if (!valid) {
      throw new IllegalArgumentException(
          "limits.%s: %d (expected: >= 1%s)"
              .formatted(name, value, name.equals("depth") ? ", <= 1000" : ""));
    }
  }
}
