package io.anyserve.grammar.regular;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.grammar.regular.Form.Complement;
import io.anyserve.grammar.regular.Form.Concat;
import io.anyserve.grammar.regular.Form.Empty;
import io.anyserve.grammar.regular.Form.Intersection;
import io.anyserve.grammar.regular.Form.Multiple;
import io.anyserve.grammar.regular.Form.Nothing;
import io.anyserve.grammar.regular.Form.OneOf;
import io.anyserve.grammar.regular.Form.Repetition;
import io.anyserve.grammar.regular.Form.Union;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Makes terms, equal ones once, and their derivatives (Brzozowski 1964; Owens, Reppy and Turon
 * 2009). Any thread may use it.
 */
public final class Terms {

  /** No bound of a repetition. */
  public static final int UNBOUNDED = -1;

  /** Terms of one grammar; further ones are refused, or forgotten when the grammar is complete. */
  private static final int MOST = 60_000;

  /** Terms that derivatives put together until a grammar is complete. */
  private static final int MOST_WORK = 8_000_000;

  /** Of the first term of one grammar; shared ones have lower numbers. */
  private static final int FIRST_NUMBER = 1 << 20;

  private final @Nullable Terms shared;
  private final Map<Form, Term> known = new ConcurrentHashMap<>();
  private final AtomicInteger numbers;
  private final AtomicInteger work = new AtomicInteger();
  private volatile boolean complete;

  /** Between two of them, all bytes lead to the same successor, whatever the term. */
  private volatile ByteSet edges;

  private final Term nothing;
  private final Term empty;

  /** Terms that all grammars share. */
  Terms() {
    this.shared = null;
    this.numbers = new AtomicInteger();
    this.edges = ByteSet.NONE;
    this.nothing = term(new Nothing());
    this.empty = term(new Empty());
  }

  /** Terms of one grammar, beside those that all share. */
  public Terms(Terms shared) {
    this.shared = shared;
    this.numbers = new AtomicInteger(FIRST_NUMBER);
    this.edges = shared.edges;
    this.nothing = shared.nothing;
    this.empty = shared.empty;
  }

  /** From now on terms beyond the bound are not kept, instead of refused. */
  public void complete() {
    complete = true;
  }

  public Term nothing() {
    return nothing;
  }

  public Term empty() {
    return empty;
  }

  public Term literal(String text) {
    return literal(text.getBytes(UTF_8));
  }

  public Term literal(byte... text) {
    Term term = empty;
    for (int i = text.length - 1; i >= 0; i--) {
      term = concat(oneOf(ByteSet.of(text[i] & 0xff)), term);
    }
    return term;
  }

  Term oneOf(ByteSet bytes) {
    if (bytes.isEmpty()) {
      return nothing;
    }
    edge(bytes.edges());
    return term(new OneOf(bytes));
  }

  private synchronized void edge(ByteSet more) {
    edges = edges.or(more);
  }

  /** The first byte of those around one that lead to the same successor. */
  int from(int value) {
    ByteSet known = edges;
    int from = value;
    while (from > 0 && !known.has(from)) {
      from--;
    }
    return from;
  }

  /** The last of them. */
  int to(int value) {
    ByteSet known = edges;
    int to = value;
    while (to < 255 && !known.has(to + 1)) {
      to++;
    }
    return to;
  }

  public Term concat(Term... parts) {
    Term term = empty;
    for (int i = parts.length - 1; i >= 0; i--) {
      term = concat(parts[i], term);
    }
    return term;
  }

  private Term concat(Term head, Term tail) {
    if (head.isNothing() || tail.isNothing()) {
      return nothing;
    }
    if (head.isEmpty()) {
      return tail;
    }
    if (tail.isEmpty()) {
      return head;
    }
    if (head.form() instanceof Concat(Term first, Term rest)) {
      return concat(first, concat(rest, tail));
    }
    return term(new Concat(head, tail));
  }

  public Term union(Term... terms) {
    return union(List.of(terms));
  }

  public Term union(Collection<Term> terms) {
    Set<Term> flat = new LinkedHashSet<>();
    spend(terms.size());
    for (Term term : terms) {
      if (term.form() instanceof Union(List<Term> inner)) {
        flat.addAll(inner);
      } else if (!term.isNothing()) {
        flat.add(term);
      }
    }
    if (flat.size() > 1) {
      flat = UnionParts.merged(this, flat);
    }
    return switch (flat.size()) {
      case 0 -> nothing;
      case 1 -> flat.iterator().next();
      default -> term(new Union(sorted(flat)));
    };
  }

  /** The texts that all of the terms have. */
  public Term intersection(Term... terms) {
    return intersection(List.of(terms));
  }

  private Term intersection(Collection<Term> terms) {
    Set<Term> flat = new LinkedHashSet<>();
    spend(terms.size());
    for (Term term : terms) {
      if (term.isNothing()) {
        return nothing;
      }
      if (term.form() instanceof Intersection(List<Term> inner)) {
        flat.addAll(inner);
      } else {
        flat.add(term);
      }
    }
    if (flat.contains(empty)) {
      return flat.stream().allMatch(Term::nullable) ? empty : nothing;
    }
    return flat.size() == 1 ? flat.iterator().next() : term(new Intersection(sorted(flat)));
  }

  /** Every text of bytes but those. */
  public Term complement(Term term) {
    return term.form() instanceof Complement(Term inner) ? inner : term(new Complement(term));
  }

  public Term optional(Term term) {
    return union(empty, term);
  }

  /**
   * A term so often, one time behind the other.
   *
   * @param max at most so often, or {@link #UNBOUNDED}
   */
  public Term repeat(Term term, int min, int max) {
    if (max == 0 || term.isEmpty()) {
      return empty;
    }
    if (term.isNothing()) {
      return min == 0 ? empty : nothing;
    }
    int least = term.nullable() ? 0 : min;
    return least == 1 && max == 1 ? term : term(new Repetition(term, least, max));
  }

  /** Decimal numbers, of any number of digits or of none, that the divisor divides. */
  Term multiple(int divisor) {
    for (int digit = '0'; digit <= '9'; digit++) {
      edge(ByteSet.of(digit).edges());
    }
    return term(new Multiple(divisor, 0));
  }

  Term derive(Form form, int value) {
    return switch (form) {
      case Nothing(), Empty() -> nothing;
      case OneOf(ByteSet bytes) -> bytes.has(value) ? empty : nothing;
      case Concat(Term head, Term tail) -> {
        Term inside = concat(head.next(value), tail);
        yield head.nullable() ? union(inside, tail.next(value)) : inside;
      }
      case Union(List<Term> terms) -> union(each(terms, value));
      case Intersection(List<Term> terms) -> intersection(each(terms, value));
      case Complement(Term term) -> complement(term.next(value));
      case Repetition(Term term, int min, int max) -> {
        Term first = term.next(value);
        yield first.isNothing() ? nothing : concat(first, rest(term, min, max));
      }
      case Multiple(int divisor, int remainder) ->
          value < '0' || value > '9'
              ? nothing
              : term(new Multiple(divisor, (int) ((10L * remainder + value - '0') % divisor)));
    };
  }

  /** The same for that many bytes: a counter that cannot run out meanwhile does not matter. */
  Term within(Term term, int bytes) {
    if (term.counter() <= bytes) {
      return term;
    }
    return switch (term.form()) {
      case Concat(Term head, Term tail) -> concat(within(head, bytes), within(tail, bytes));
      case Union(List<Term> terms) -> union(terms.stream().map(t -> within(t, bytes)).toList());
      case Repetition(Term inner, int min, int max) ->
          repeat(
              within(inner, bytes),
              Math.min(min, bytes),
              max == UNBOUNDED ? UNBOUNDED : Math.min(max, bytes));
      case Nothing(), Empty(), OneOf(ByteSet _) -> term;
      case Intersection(var _), Complement(Term _), Multiple(int _, int _) -> term;
    };
  }

  int size() {
    return known.size();
  }

  private void spend(int terms) {
    if (!complete && work.addAndGet(terms) > MOST_WORK) {
      throw tooComplex();
    }
  }

  private static InvalidGrammarException tooComplex() {
    return InvalidGrammarException.of("too complex", "an automaton of at most " + MOST + " states");
  }

  private Term rest(Term term, int min, int max) {
    return repeat(term, Math.max(0, min - 1), max == UNBOUNDED ? UNBOUNDED : max - 1);
  }

  private static List<Term> each(List<Term> terms, int value) {
    List<Term> derived = new ArrayList<>(terms.size());
    terms.forEach(term -> derived.add(term.next(value)));
    return derived;
  }

  private static List<Term> sorted(Set<Term> terms) {
    return terms.stream().sorted(Comparator.comparingInt(Term::number)).toList();
  }

  private Term term(Form form) {
    Term common = shared == null ? null : shared.known.get(form);
    if (common != null) {
      return common;
    }
    Term here = known.get(form);
    if (here != null) {
      return here;
    }
    if (known.size() >= MOST) {
      if (!complete) {
        throw tooComplex();
      }
      return new Term(this, form, numbers.incrementAndGet(), false);
    }
    return known.computeIfAbsent(form, key -> new Term(this, key, numbers.incrementAndGet(), true));
  }
}
