package io.anyserve.jinja.builtin;

import io.anyserve.jinja.value.Arguments;
import io.anyserve.jinja.value.BoundArguments;
import io.anyserve.jinja.value.RenderBudget;
import io.anyserve.jinja.value.SequenceValue;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TextBuilder;
import io.anyserve.jinja.value.TrackedText;
import io.anyserve.jinja.value.Value;
import io.anyserve.jinja.value.Whitespace;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;

/** Python's methods of strings. */
final class TextMethods {

  private static final Set<String> NAMES =
      Set.of(
          "capitalize",
          "count",
          "endswith",
          "find",
          "index",
          "isalnum",
          "isalpha",
          "isdigit",
          "islower",
          "isspace",
          "isupper",
          "join",
          "ljust",
          "lower",
          "lstrip",
          "partition",
          "removeprefix",
          "removesuffix",
          "replace",
          "rfind",
          "rjust",
          "rpartition",
          "rsplit",
          "rstrip",
          "split",
          "splitlines",
          "startswith",
          "strip",
          "title",
          "upper");

  private final RenderBudget budget;

  TextMethods(RenderBudget budget) {
    this.budget = budget;
  }

  boolean has(String name) {
    return NAMES.contains(name);
  }

  Value call(TrackedText text, String name, Arguments arguments) {
    budget.search(text.value().length(), longest(arguments.positional()));
    Value result = result(text, name, arguments);
    if (result instanceof TrackedText made) {
      budget.copy(made.value().length());
    }
    return result;
  }

  private static int longest(List<Value> arguments) {
    return arguments.stream()
        .mapToInt(argument -> argument instanceof TrackedText text ? text.value().length() : 1)
        .max()
        .orElse(1);
  }

  private Value result(TrackedText text, String name, Arguments arguments) {
    StringSplitting cutting = new StringSplitting(budget);
    return switch (name) {
      case "strip", "lstrip", "rstrip" -> strip(text, name, arguments);
      case "split", "rsplit" -> split(cutting, text, name, arguments);
      case "splitlines" -> SequenceValue.list(cutting.lines(text, keepEnds(arguments)));
      case "partition", "rpartition" -> partition(text, name, arguments);
      case "startswith", "endswith" -> Value.of(matches(text, name, arguments));
      case "removeprefix", "removesuffix" -> remove(text, name, arguments);
      case "replace" -> replace(text, arguments);
      case "join" -> join(text, arguments);
      case "count", "find", "rfind", "index" -> search(text, name, arguments);
      case "ljust", "rjust" -> justify(text, name, arguments);
      case "upper", "lower", "title", "capitalize" -> recase(text, name, arguments);
      case "isalnum" -> all(text, Character::isLetterOrDigit);
      case "isalpha" -> all(text, Character::isLetter);
      case "isdigit" -> all(text, Character::isDigit);
      case "isspace" -> all(text, Whitespace::is);
      case "islower" -> cased(text, Character::isLowerCase, Character::isUpperCase);
      case "isupper" -> cased(text, Character::isUpperCase, Character::isLowerCase);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static boolean keepEnds(Arguments arguments) {
    return arguments.bind("splitlines", "keepends").flag("keepends", false);
  }

  private static TrackedText strip(TrackedText text, String name, Arguments arguments) {
    BoundArguments bound = arguments.bind(name, "chars");
    boolean white = bound.or("chars", Value.None.NONE) instanceof Value.None;
    String chars = white ? "" : bound.text("chars").value();
    IntPredicate stripped = white ? Whitespace::is : c -> chars.indexOf(c) >= 0;
    return StringSplitting.strip(text, stripped, !name.equals("rstrip"), !name.equals("lstrip"));
  }

  private static SequenceValue split(
      StringSplitting cutting, TrackedText text, String name, Arguments arguments) {
    BoundArguments bound = arguments.bind(name, "sep", "maxsplit");
    int most = bound.integer("maxsplit", -1);
    int limit = most < 0 ? Integer.MAX_VALUE : most;
    boolean fromRight = name.equals("rsplit");
    if (bound.or("sep", Value.None.NONE) instanceof Value.None) {
      return SequenceValue.list(cutting.words(text, limit, fromRight));
    }
    String separator = notEmpty(bound.text("sep"));
    return SequenceValue.list(cutting.parts(text, separator, limit, fromRight));
  }

  private static SequenceValue partition(TrackedText text, String name, Arguments arguments) {
    TrackedText separator = arguments.bind(name, "sep").text("sep");
    boolean last = name.equals("rpartition");
    String wanted = notEmpty(separator);
    int at = last ? text.value().lastIndexOf(wanted) : text.value().indexOf(wanted);
    if (at < 0) {
      return last
          ? SequenceValue.tuple(TrackedText.EMPTY, TrackedText.EMPTY, text)
          : SequenceValue.tuple(text, TrackedText.EMPTY, TrackedText.EMPTY);
    }
    int end = at + wanted.length();
    return SequenceValue.tuple(
        text.cut(0, at), text.cut(at, end), text.cut(end, text.value().length()));
  }

  private static String notEmpty(TrackedText separator) {
    if (separator.value().isEmpty()) {
      throw TemplateException.evaluation("empty separator");
    }
    return separator.value();
  }

  private static boolean matches(TrackedText text, String name, Arguments arguments) {
    BoundArguments bound = arguments.bind(name, "affix");
    List<Value> affixes =
        bound.required("affix") instanceof SequenceValue items
                && items.kind() == SequenceValue.Kind.TUPLE
            ? items.values()
            : List.<Value>of(bound.text("affix"));
    return affixes.stream()
        .map(affix -> Arguments.of(affix).bind(name, "affix").text("affix").value())
        .anyMatch(
            affix ->
                name.equals("startswith")
                    ? text.value().startsWith(affix)
                    : text.value().endsWith(affix));
  }

  private static TrackedText remove(TrackedText text, String name, Arguments arguments) {
    String affix = arguments.bind(name, "affix").text("affix").value();
    int length = text.value().length();
    if (name.equals("removeprefix")) {
      return text.value().startsWith(affix) ? text.cut(affix.length(), length) : text;
    }
    return text.value().endsWith(affix) ? text.cut(0, length - affix.length()) : text;
  }

  private TrackedText replace(TrackedText text, Arguments arguments) {
    BoundArguments bound = arguments.bind("replace", "old", "new", "count");
    int count = bound.integer("count", -1);
    return new StringSplitting(budget)
        .replace(text, bound.text("old").value(), bound.text("new"), count);
  }

  private TrackedText join(TrackedText separator, Arguments arguments) {
    Value parts = arguments.bind("join", "iterable").required("iterable");
    TextBuilder out = new TextBuilder(budget);
    TrackedText between = TrackedText.EMPTY;
    int index = 0;
    for (Value part : Iteration.over(parts, budget)) {
      if (!(part instanceof TrackedText text)) {
        throw TemplateException.evaluation(
            "sequence item %d: expected str instance, %s found".formatted(index, part.type()));
      }
      out.append(between).append(text);
      between = separator;
      index++;
    }
    return out.text();
  }

  private static Value search(TrackedText text, String name, Arguments arguments) {
    String wanted = arguments.bind(name, "sub").text("sub").value();
    if (name.equals("count")) {
      return new Value.Int(StringSplitting.count(text, wanted));
    }
    int at = name.equals("rfind") ? text.value().lastIndexOf(wanted) : text.value().indexOf(wanted);
    if (at < 0 && name.equals("index")) {
      throw TemplateException.evaluation("substring not found");
    }
    return new Value.Int(at < 0 ? -1 : text.value().codePointCount(0, at));
  }

  private TrackedText justify(TrackedText text, String name, Arguments arguments) {
    BoundArguments bound = arguments.bind(name, "width", "fillchar");
    bound.required("width");
    TrackedText fill = bound.has("fillchar") ? bound.text("fillchar") : TrackedText.template(" ");
    if (fill.length() != 1) {
      throw TemplateException.evaluation("The fill character must be exactly one character long");
    }
    long missing = (long) bound.integer("width", 0) - text.length();
    TextBuilder out = new TextBuilder(budget);
    return name.equals("ljust")
        ? out.append(text).repeat(fill, missing).text()
        : out.repeat(fill, missing).append(text).text();
  }

  private TrackedText recase(TrackedText text, String name, Arguments arguments) {
    arguments.bind(name);
    return switch (name) {
      case "upper" -> text.respelled(text.value().toUpperCase(Locale.ROOT));
      case "lower" -> text.respelled(text.value().toLowerCase(Locale.ROOT));
      case "title" -> text.respelled(Casing.title(text.value()));
      case "capitalize" -> text.respelled(Casing.capitalized(text.value()));
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Value all(TrackedText text, IntPredicate predicate) {
    return Value.of(!text.value().isEmpty() && text.value().codePoints().allMatch(predicate));
  }

  private static Value cased(TrackedText text, IntPredicate wanted, IntPredicate refused) {
    return Value.of(
        text.value().codePoints().anyMatch(wanted) && text.value().codePoints().noneMatch(refused));
  }
}
