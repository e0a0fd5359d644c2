package io.anyserve.ingress.responses.output;

/** What an answer's next piece does to the items of its output. */
public sealed interface OutputStep {

  /**
   * An item begins.
   *
   * @param index of the item in the output
   * @param item without its content
   */
  record Begun(int index, OutputItem item) implements OutputStep {}

  /**
   * An item has more.
   *
   * @param item without its content
   */
  record Grown(int index, OutputItem item, String piece) implements OutputStep {}

  /**
   * Another item is to begin.
   *
   * @param item with all its content
   */
  record Ended(int index, OutputItem item) implements OutputStep {}
}
