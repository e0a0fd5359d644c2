package io.anyserve.jinja.builtin;

import io.anyserve.jinja.value.Dict;
import io.anyserve.jinja.value.Function;
import io.anyserve.jinja.value.Loop;
import io.anyserve.jinja.value.Namespace;
import io.anyserve.jinja.value.RenderBudget;
import io.anyserve.jinja.value.SequenceValue;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TextBuilder;
import io.anyserve.jinja.value.TrackedText;
import io.anyserve.jinja.value.Undefined;
import io.anyserve.jinja.value.Value;
import java.math.BigDecimal;
import java.util.List;

/** Spells values as Python's {@code str} and {@code repr} do. */
public final class PythonRepr {

  private final RenderBudget budget;

  public PythonRepr(RenderBudget budget) {
    this.budget = budget;
  }

  /** What an output tag shows. */
  public TrackedText str(Value value) {
    return switch (value) {
      case TrackedText text -> text;
      case Undefined _ -> TrackedText.EMPTY;
      case Value.None _,
          Value.Bool _,
          Value.Int _,
          Value.Real _,
          SequenceValue _,
          Dict _,
          Namespace _,
          Loop _,
          Function _ -> {
        TextBuilder out = new TextBuilder(budget);
        repr(value, out);
        yield out.text();
      }
    };
  }

  static String real(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value > 0 ? "0.0" : "-0.0";
    }
    BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = digits.precision() - digits.scale() - 1;
    return exponent < -4 || exponent >= 16 ? scientific(digits, exponent) : plain(digits);
  }

  private static String plain(BigDecimal digits) {
    String plain = digits.toPlainString();
    return plain.indexOf('.') < 0 ? plain + ".0" : plain;
  }

  private static String scientific(BigDecimal digits, int exponent) {
    String all = digits.unscaledValue().abs().toString();
    String fraction = all.length() > 1 ? "." + all.substring(1) : "";
    String sign = digits.signum() < 0 ? "-" : "";
    return "%s%c%se%c%02d"
        .formatted(sign, all.charAt(0), fraction, exponent < 0 ? '-' : '+', Math.abs(exponent));
  }

  private void repr(Value value, TextBuilder out) {
    budget.enter();
    switch (value) {
      case Value.None _ -> out.append("None");
      case Value.Bool(boolean flag) -> out.append(flag ? "True" : "False");
      case Value.Int(long integer) -> out.append(Long.toString(integer));
      case Value.Real(double real) -> out.append(real(real));
      case TrackedText text -> quote(text, out);
      case Undefined _ -> out.append("Undefined");
      case SequenceValue items -> items(items, out);
      case Dict dict -> dict(dict, out);
      case Namespace _, Loop _, Function _ ->
          throw TemplateException.evaluation("a " + value.type() + " cannot be printed");
    }
    budget.leave();
  }

  private void items(SequenceValue items, TextBuilder out) {
    if (items.kind() == SequenceValue.Kind.GENERATOR) {
      throw TemplateException.evaluation("a generator cannot be printed (expected: | list first)");
    }
    switch (items.kind()) {
      case TUPLE -> {
        out.append("(");
        elements(items.values(), out);
        out.append(items.values().size() == 1 ? ",)" : ")");
      }
      case LIST, VIEW, GENERATOR -> {
        out.append("[");
        elements(items.values(), out);
        out.append("]");
      }
    }
  }

  private void elements(List<Value> values, TextBuilder out) {
    String separator = "";
    for (Value value : values) {
      out.append(separator);
      repr(value, out);
      separator = ", ";
    }
  }

  private void dict(Dict dict, TextBuilder out) {
    String separator = "{";
    for (var entry : dict.entries().entrySet()) {
      out.append(separator);
      repr(entry.getKey(), out);
      out.append(": ");
      repr(entry.getValue(), out);
      separator = ", ";
    }
    out.append(dict.entries().isEmpty() ? "{}" : "}");
  }

  private static void quote(TrackedText text, TextBuilder out) {
    String value = text.value();
    char quote = value.indexOf('\'') >= 0 && value.indexOf('"') < 0 ? '"' : '\'';
    out.append(String.valueOf(quote));
    for (int from = 0; from < value.length(); ) {
      int c = value.codePointAt(from);
      int to = from + Character.charCount(c);
      if (c == quote || c == '\\' || !printable(c)) {
        out.append(escape(c));
      } else {
        out.append(text, from, to);
      }
      from = to;
    }
    out.append(String.valueOf(quote));
  }

  private static String escape(int c) {
    return switch (c) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '\'', '"', '\\' -> "\\" + (char) c;
      default -> c < 0x100 ? "\\x%02x".formatted(c) : wide(c);
    };
  }

  private static String wide(int c) {
    return c < 0x10000 ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c);
  }

  private static boolean printable(int c) {
    return c == ' '
        || switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.PRIVATE_USE,
              Character.UNASSIGNED,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.SPACE_SEPARATOR ->
              false;
          default -> true;
        };
  }
}
