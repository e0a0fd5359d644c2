package io.anyserve.training;

import io.anyserve.training.Template.Binding;
import io.anyserve.training.Template.Literal;
import io.anyserve.training.Template.Reference;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Rules that expand to text, with names that stay bound for the whole text.
 *
 * <p>A rule is a name and its alternatives, each a {@link Template}. A bound name wins over a rule
 * of the same name, so a plan made at the start of a text ("the hero is Lily, she") holds in every
 * later sentence. Immutable; the random generator and the bindings belong to the caller.
 */
final class Grammar {

  private static final Set<String> VOWEL_BUT_A = Set.of("uni", "use", "one", "eur");
  private static final Set<String> CONSONANT_BUT_AN = Set.of("hour", "honest");

  private static final int CHOICES = 8;

  private final Map<String, List<Template>> rules;

  Grammar(Map<String, List<Template>> rules) {
    this.rules = Map.copyOf(rules);
    var unknown = new TreeSet<>(references());
    unknown.removeAll(rules.keySet());
    unknown.removeAll(boundNames());
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("references: " + unknown + " (expected: rules or names)");
    }
  }

  Set<String> ruleNames() {
    return rules.keySet();
  }

  /** One text of a rule, spaces made single. */
  String expand(String rule, RandomGenerator random) {
    return expand(rule, random, Map.of());
  }

  /** One text of a rule with names bound beforehand. */
  String expand(String rule, RandomGenerator random, Map<String, String> given) {
    var expansion = new Expansion(random, new LinkedHashMap<>(given));
    return tidy(expansion.rule(rule));
  }

  private static String tidy(String text) {
    return text.replaceAll(" +", " ").replaceAll(" ?\n ?", "\n").strip();
  }

  private Set<String> references() {
    var names = new HashSet<String>();
    rules.values().forEach(all -> all.forEach(template -> template.references(names)));
    return names;
  }

  private Set<String> boundNames() {
    var names = new HashSet<String>();
    rules.values().forEach(all -> all.forEach(template -> template.bindings(names)));
    return names;
  }

  /** One text in the making. */
  private final class Expansion {

    private final RandomGenerator random;
    private final Map<String, String> bound;

    Expansion(RandomGenerator random, Map<String, String> bound) {
      this.random = random;
      this.bound = bound;
    }

    String rule(String name) {
      List<Template> alternatives = rules.get(name);
      if (alternatives == null) {
        throw new IllegalStateException("name: " + name + " (expected: bound before its use)");
      }
      return text(alternatives.get(random.nextInt(alternatives.size())));
    }

    private String text(Template template) {
      var text = new StringBuilder();
      for (Template.Piece piece : template.pieces()) {
        switch (piece) {
          case Literal literal -> text.append(literal.text());
          case Reference reference -> text.append(value(reference));
          case Binding binding -> bind(binding);
        }
      }
      return text.toString();
    }

    private void bind(Binding binding) {
      bound.put(binding.name(), binding.isChoice() ? choice(binding) : tidy(text(binding.value())));
    }

    /** A value that no other name has: two characters of a story are not both called Lily. */
    private String choice(Binding binding) {
      bound.remove(binding.name());
      String value = tidy(text(binding.value()));
      for (int i = 1; i < CHOICES && bound.containsValue(value); i++) {
        value = tidy(text(binding.value()));
      }
      return value;
    }

    private String value(Reference reference) {
      String known = bound.get(reference.name());
      String value = known == null ? rule(reference.name()) : known;
      String phrase = reference.article() ? article(value) + " " + value : value;
      return reference.capital() ? capital(phrase) : phrase;
    }
  }

  private static String article(String noun) {
    String start = noun.toLowerCase(Locale.ROOT);
    boolean vowel = "aeiou".indexOf(start.charAt(0)) >= 0;
    boolean exception =
        (vowel ? VOWEL_BUT_A : CONSONANT_BUT_AN).stream().anyMatch(start::startsWith);
    return vowel != exception ? "an" : "a";
  }

  static String capital(String phrase) {
    return phrase.isEmpty()
        ? phrase
        : phrase.substring(0, 1).toUpperCase(Locale.ROOT) + phrase.substring(1);
  }
}
