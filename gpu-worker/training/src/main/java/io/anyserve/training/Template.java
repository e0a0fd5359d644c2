package io.anyserve.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One alternative of a grammar rule: text with pieces in braces.
 *
 * <pre>
 * {friend}  the bound name, or an expansion of the rule      {Friend}  the same, first letter upper case
 * {a toy}   with its article                                 {A toy}   both
 * {x=rule}  binds x to a value of the rule that is not bound yet, if there is one
 * {x="..."} binds x to an expansion of the text
 * \n       a line break
 * </pre>
 */
record Template(List<Piece> pieces) {

  sealed interface Piece permits Literal, Reference, Binding {}

  record Literal(String text) implements Piece {}

  record Reference(String name, boolean article, boolean capital) implements Piece {}

  record Binding(String name, Template value) implements Piece {

    /** Whether the value is one of a rule's, and not a text of its own. */
    boolean isChoice() {
      return value.pieces().size() == 1 && value.pieces().getFirst() instanceof Reference;
    }
  }

  private static final Pattern BINDING = Pattern.compile("([a-z][\\w.-]*)=(.*)", Pattern.DOTALL);
  private static final Pattern REFERENCE = Pattern.compile("([aA] )?([A-Za-z][\\w.-]*)");

  Template {
    pieces = List.copyOf(pieces);
  }

  static Template parse(String text) {
    var pieces = new ArrayList<Piece>();
    int start = 0;
    for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', start)) {
      int close = closing(text, open);
      literal(text.substring(start, open), pieces);
      pieces.add(piece(text.substring(open + 1, close)));
      start = close + 1;
    }
    literal(text.substring(start), pieces);
    return new Template(pieces);
  }

  /** Adds the names that this template reads. */
  void references(Set<String> names) {
    for (Piece piece : pieces) {
      switch (piece) {
        case Literal literal -> {}
        case Reference reference -> names.add(reference.name());
        case Binding binding -> binding.value().references(names);
      }
    }
  }

  /** Adds the names that this template binds. */
  void bindings(Set<String> names) {
    for (Piece piece : pieces) {
      switch (piece) {
        case Literal literal -> {}
        case Reference reference -> {}
        case Binding binding -> names.add(binding.name());
      }
    }
  }

  private static Piece piece(String inside) {
    Matcher binding = BINDING.matcher(inside);
    if (binding.matches()) {
      return new Binding(binding.group(1), bound(binding.group(2)));
    }
    Matcher reference = REFERENCE.matcher(inside);
    if (!reference.matches()) {
      throw new IllegalArgumentException("piece: {" + inside + "} (expected: a name or a binding)");
    }
    String article = reference.group(1) == null ? "" : reference.group(1);
    String name = reference.group(2);
    boolean capital = article.startsWith("A") || Character.isUpperCase(name.charAt(0));
    String key = name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    return new Reference(key, !article.isEmpty(), capital);
  }

  private static Template bound(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? parse(value.substring(1, value.length() - 1)) : parse("{" + value + "}");
  }

  private static int closing(String text, int open) {
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      depth += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new IllegalArgumentException("template: " + text + " (expected: a closing brace)");
  }

  private static void literal(String text, List<Piece> pieces) {
    if (!text.isEmpty()) {
      pieces.add(new Literal(text.replace("\\n", "\n")));
    }
  }
}
