package io.anyserve.grammar.automaton;

import io.anyserve.grammar.automaton.Members.Listed;
import io.anyserve.grammar.automaton.Members.Name;
import io.anyserve.grammar.automaton.Production.Alternatives;
import io.anyserve.grammar.automaton.Production.Rule;
import io.anyserve.grammar.automaton.Production.Series;
import io.anyserve.grammar.automaton.Production.Word;
import io.anyserve.grammar.regular.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The words that may begin next, and whether the document may end instead. */
public final class Expansion {

  private final List<Configuration> configurations = new ArrayList<>();
  private boolean end;

  private Expansion() {}

  static Expansion of(@Nullable Frame frame) {
    var expansion = new Expansion();
    expansion.enter(frame);
    return expansion;
  }

  /** Whether an object may have a property of that name. */
  static boolean takes(Frame frame, NameText name) {
    Frame object = Objects.requireNonNull(frame.below());
    return ((Members) object.production()).takes(object.written(), name);
  }

  /** Behind a name. */
  static Expansion named(Frame frame, NameText name) {
    var expansion = new Expansion();
    Frame object = Objects.requireNonNull(frame.below());
    var members = (Members) object.production();
    Frame later =
        object.at(
            members.listed().size() + 1,
            members.counted(object.count() + 1),
            WrittenNames.of(object.written(), name));
    Production value = ((Name) frame.production()).value();
    expansion.add(members.punctuation().colon(), Frame.of(value, later));
    return expansion;
  }

  public List<Configuration> configurations() {
    return configurations;
  }

  public boolean end() {
    return end;
  }

  private void enter(@Nullable Frame frame) {
    if (frame == null) {
      end = true;
      return;
    }
    switch (frame.production()) {
      case Word(Term term) -> add(term, frame.below());
      case Series(List<Production> parts) -> series(frame, parts);
      case Alternatives(List<Production> parts) ->
          parts.forEach(part -> enter(Frame.of(part, frame.below())));
      case Rule rule -> enter(Frame.of(rule.body(), frame.below()));
      case Elements elements -> elements(frame, elements);
      case Members members -> members(frame, members);
      case Name name -> configurations.add(new Configuration(name.name(), NameText.START, frame));
    }
  }

  private void series(Frame frame, List<Production> parts) {
    int position = frame.position();
    if (position == parts.size()) {
      enter(frame.below());
    } else if (position == parts.size() - 1) {
      enter(Frame.of(parts.get(position), frame.below()));
    } else {
      enter(Frame.of(parts.get(position), frame.at(position + 1)));
    }
  }

  /** The position is one more than the number of elements that were written. */
  private void elements(Frame frame, Elements elements) {
    Punctuation punctuation = elements.punctuation();
    if (frame.position() == 0) {
      add(punctuation.openArray(), frame.at(1));
      return;
    }
    int count = frame.position() - 1;
    if (count >= elements.min()) {
      add(elements.close(count), frame.below());
    }
    elements
        .element(count)
        .ifPresent(
            element -> {
              Frame next = Frame.of(element, frame.at(1 + elements.counted(count + 1)));
              if (count == 0) {
                enter(next);
              } else {
                add(punctuation.comma(), next);
              }
            });
  }

  /** The position is one more than the index of the listed property that may come next. */
  private void members(Frame frame, Members members) {
    Punctuation punctuation = members.punctuation();
    if (frame.position() == 0) {
      add(punctuation.openObject(), frame.at(1));
      return;
    }
    int index = frame.position() - 1;
    int count = frame.count();
    if (members.mayClose(index, count)) {
      add(count == 0 ? punctuation.emptyObject() : punctuation.closeObject(), frame.below());
    }
    for (int i = index; i < members.listed().size(); i++) {
      if (members.mayTake(index, i, count)) {
        Listed property = members.listed().get(i);
        Frame later = frame.at(i + 2, members.counted(count + 1));
        add(count == 0 ? property.first() : property.next(), Frame.of(property.value(), later));
      }
    }
    if (members.mayTakeOther(index, count)) {
      for (Name name : members.others()) {
        add(count == 0 ? punctuation.quote() : punctuation.commaQuote(), Frame.of(name, frame));
      }
    }
  }

  private void add(Term term, @Nullable Frame rest) {
    configurations.add(new Configuration(term, null, rest));
  }
}
