package io.anyserve.jinja.builtin;

import io.anyserve.jinja.value.Comparisons;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as Python's {@code json.dumps} does.
 *
 * @param indent what one level is indented by, null for one line
 */
record JsonOutput(
    RenderBudget budget,
    boolean asciiOnly,
    @Nullable TrackedText indent,
    TrackedText betweenItems,
    TrackedText afterKey,
    boolean sorted) {

  TrackedText write(Value value) {
    TextBuilder out = new TextBuilder(budget);
    write(value, 0, out);
    return out.text();
  }

  private void write(Value value, int level, TextBuilder out) {
    budget.enter();
    switch (value) {
      case TrackedText text -> string(text, out);
      case Value.None _, Value.Bool _, Value.Int _, Value.Real _ -> out.append(scalar(value));
      case SequenceValue items when items.kind().sequence() -> array(items.values(), level, out);
      case Dict dict -> object(dict, level, out);
      case SequenceValue _, Undefined _, Namespace _, Loop _, Function _ ->
          throw TemplateException.evaluation(
              "Object of type " + value.type() + " is not JSON serializable");
    }
    budget.leave();
  }

  private static String scalar(Value value) {
    return switch (value) {
      case Value.None _ -> "null";
      case Value.Bool(boolean flag) -> flag ? "true" : "false";
      case Value.Int(long integer) -> Long.toString(integer);
      case Value.Real(double real) -> real(real);
      case TrackedText _, SequenceValue _, Dict _, Namespace _, Loop _, Function _, Undefined _ ->
          throw TemplateException.evaluation(
              "keys must be str, int, float, bool or None, not " + value.type());
    };
  }

  private static String real(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    return Double.isInfinite(value)
        ? (value > 0 ? "Infinity" : "-Infinity")
        : PythonRepr.real(value);
  }

  private void array(List<Value> values, int level, TextBuilder out) {
    if (values.isEmpty()) {
      out.append("[]");
      return;
    }
    out.append("[");
    for (int i = 0; i < values.size(); i++) {
      separate(i, level + 1, out);
      write(values.get(i), level + 1, out);
    }
    newLine(level, out);
    out.append("]");
  }

  private void object(Dict dict, int level, TextBuilder out) {
    if (dict.entries().isEmpty()) {
      out.append("{}");
      return;
    }
    out.append("{");
    int i = 0;
    for (var entry : entries(dict)) {
      separate(i++, level + 1, out);
      key(entry.getKey(), out);
      out.append(afterKey);
      write(entry.getValue(), level + 1, out);
    }
    newLine(level, out);
    out.append("}");
  }

  private List<Map.Entry<Value, Value>> entries(Dict dict) {
    List<Map.Entry<Value, Value>> entries = new ArrayList<>(dict.entries().entrySet());
    if (sorted) {
      Comparator<Value> order = new Comparisons(budget)::order;
      entries.sort(Map.Entry.comparingByKey(order));
    }
    return entries;
  }

  private void key(Value key, TextBuilder out) {
    if (key instanceof TrackedText text) {
      string(text, out);
    } else {
      out.append("\"").append(scalar(key)).append("\"");
    }
  }

  private void separate(int index, int level, TextBuilder out) {
    if (index > 0) {
      out.append(betweenItems);
    }
    newLine(level, out);
  }

  private void newLine(int level, TextBuilder out) {
    if (indent != null) {
      out.append("\n").repeat(indent, level);
    }
  }

  private void string(TrackedText text, TextBuilder out) {
    String value = text.value();
    out.append("\"");
    int copied = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c == '"' || c == '\\' || (asciiOnly && c > 0x7e)) {
        out.append(text, copied, i).append(escape(c));
        copied = i + 1;
      }
    }
    out.append(text, copied, value.length()).append("\"");
  }

  private static String escape(char c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '\f' -> "\\f";
      case '\b' -> "\\b";
      default -> "\\u%04x".formatted((int) c);
    };
  }
}
