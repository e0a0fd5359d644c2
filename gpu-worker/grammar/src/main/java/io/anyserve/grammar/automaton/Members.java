package io.anyserve.grammar.automaton;

import io.anyserve.grammar.regular.Term;
import io.anyserve.grammar.regular.Terms;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object: listed properties in their order, of which optional ones may be left out, and other
 * properties behind them, none of them twice.
 */
public final class Members implements Production {

  private final Punctuation punctuation;
  private final List<Listed> listed;
  private final List<Name> others;
  private final int min;
  private final int max;
  private final Set<NameText> names = new HashSet<>();

  /** By index: required ones among the listed from there on. */
  private final int[] required;

  /** A property with a name of its own. */
  public record Property(String name, Production value, boolean required) {}

  /** Properties whose names are texts of a term, each spelled in one way only. */
  public record Pattern(Term nameBody, Production value) {}

  record Listed(Term first, Term next, Production value, boolean required) {}

  /** The name of another property, without its opening quote. */
  static final class Name implements Production {

    private final Term name;
    private final Production value;

    Name(Term name, Production value) {
      this.name = name;
      this.value = value;
    }

    Term name() {
      return name;
    }

    Production value() {
      return value;
    }
  }

  /**
   * An object of some properties.
   *
   * @param taken names that are no others, beside those that are listed
   * @param max properties at most, or {@link Terms#UNBOUNDED}
   */
  public Members(
      Terms terms,
      List<Property> properties,
      List<Pattern> patterns,
      Set<String> taken,
      int min,
      int max) {
    this.punctuation = Punctuation.of(terms);
    this.listed = properties.stream().map(property -> listed(terms, property)).toList();
    this.others = patterns.stream().map(pattern -> other(terms, pattern)).toList();
    this.min = min;
    this.max = max;
    taken.forEach(name -> names.add(NameText.of(name)));
    properties.forEach(property -> names.add(NameText.of(property.name)));
    this.required = new int[listed.size() + 1];
    for (int i = listed.size() - 1; i >= 0; i--) {
      required[i] = required[i + 1] + (listed.get(i).required ? 1 : 0);
    }
  }

  Punctuation punctuation() {
    return punctuation;
  }

  List<Listed> listed() {
    return listed;
  }

  List<Name> others() {
    return others;
  }

  boolean mayClose(int index, int count) {
    return required[index] == 0 && count >= min;
  }

  /** Whether the next property may be this one. */
  boolean mayTake(int index, int next, int count) {
    return required[index] == required[next]
        && fits(count + 1 + required[next + 1])
        && (!others.isEmpty() || count + listed.size() - next >= min);
  }

  boolean mayTakeOther(int index, int count) {
    return required[index] == 0 && fits(count + 1);
  }

  boolean takes(@Nullable WrittenNames written, NameText name) {
    return !names.contains(name) && !WrittenNames.has(written, name);
  }

  /** Properties that were written, or fewer where more make no difference. */
  int counted(int count) {
    return max == Terms.UNBOUNDED ? Math.min(count, Math.max(1, min)) : count;
  }

  private boolean fits(int count) {
    return max == Terms.UNBOUNDED || count <= max;
  }

  private Listed listed(Terms terms, Property property) {
    Term name = punctuation.name(terms, property.name);
    return new Listed(
        name, terms.concat(punctuation.comma(), name), property.value, property.required);
  }

  private static Name other(Terms terms, Pattern pattern) {
    return new Name(terms.concat(pattern.nameBody, terms.literal("\"")), pattern.value);
  }
}
