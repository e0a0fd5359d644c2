package io.anyserve.jinja.value;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop} inside a {@code for}. */
public final class Loop implements Value {

  private final List<Value> items;
  private final Comparisons comparisons;
  private int index = -1;
  private @Nullable SequenceValue lastChecked;

  public Loop(List<Value> items, Comparisons comparisons) {
    this.items = items;
    this.comparisons = comparisons;
  }

  public void next() {
    index++;
  }

  public Value get(String name) {
    return switch (name) {
      case "index" -> new Int(index + 1);
      case "index0" -> new Int(index);
      case "revindex" -> new Int(items.size() - index);
      case "revindex0" -> new Int(items.size() - index - 1);
      case "first" -> Value.of(index == 0);
      case "last" -> Value.of(index == items.size() - 1);
      case "length" -> new Int(items.size());
      case "depth" -> new Int(1);
      case "depth0" -> new Int(0);
      case "previtem" -> neighbour(index - 1, "there is no previous item");
      case "nextitem" -> neighbour(index + 1, "there is no next item");
      case "cycle" -> (Function) this::cycle;
      case "changed" -> (Function) this::changed;
      default -> Undefined.attribute(this, name);
    };
  }

  private Value neighbour(int position, String problem) {
    return position >= 0 && position < items.size() ? items.get(position) : new Undefined(problem);
  }

  private Value cycle(Arguments arguments) {
    if (arguments.positional().isEmpty()) {
      throw TemplateException.evaluation("no items for cycling given");
    }
    return arguments.positional().get(index % arguments.positional().size());
  }

  private Value changed(Arguments arguments) {
    SequenceValue now = new SequenceValue(arguments.positional(), SequenceValue.Kind.TUPLE);
    boolean changed = lastChecked == null || !comparisons.equal(lastChecked, now);
    lastChecked = now;
    return Value.of(changed);
  }
}
