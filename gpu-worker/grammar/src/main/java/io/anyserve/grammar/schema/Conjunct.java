package io.anyserve.grammar.schema;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A part of a schema that a value must match, or a value that it must be. Told by its place. */
final class Conjunct {

  private final String pointer;
  private final JsonNode node;
  private final boolean literal;

  /**
   * @param pointer where it stands, as a URI fragment
   * @param literal whether the node is the value itself
   */
  Conjunct(String pointer, JsonNode node, boolean literal) {
    this.pointer = pointer;
    this.node = node;
    this.literal = literal;
  }

  String pointer() {
    return pointer;
  }

  JsonNode node() {
    return node;
  }

  boolean literal() {
    return literal;
  }

  /** A schema below this one, or an element or property of the value. */
  Conjunct child(String token, JsonNode child) {
    return new Conjunct(pointer + "/" + escaped(token), child, literal);
  }

  /** A value below this schema. */
  Conjunct value(String token, JsonNode child) {
    return new Conjunct(pointer + "/" + escaped(token), child, true);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Conjunct that
        && literal == that.literal
        && pointer.equals(that.pointer);
  }

  @Override
  public int hashCode() {
    return pointer.hashCode() + (literal ? 1 : 0);
  }

  private static String escaped(String token) {
    return token.replace("~", "~0").replace("/", "~1");
  }
}
