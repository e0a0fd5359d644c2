package io.anyserve.training;

import java.util.Locale;
import java.util.function.BiConsumer;

/** Small arithmetic as grammar rules that bind {@code a}, {@code b}, {@code c} and their words. */
final class ArithmeticRules {

  private static final int LARGEST = 12;
  private static final int LONGEST_COUNT = 20;

  private ArithmeticRules() {}

  /**
   * {@code sum} binds a + b = c, {@code difference} a - b = c, {@code product} a * b = c, {@code
   * after} c = a + 1.
   */
  static String rules() {
    var sum = new StringBuilder("sum:\n");
    var difference = new StringBuilder("difference:\n");
    var product = new StringBuilder("product:\n");
    var order = new StringBuilder("order:\n");
    pairs(
        (a, b) -> {
          add(sum, a, b, a + b);
          add(difference, a + b, b, a);
          if (a <= 10 && b <= 10) {
            add(product, a, b, a * b);
          }
          if (a < b) {
            order.append("  {small=\"").append(a).append("\"}{big=\"").append(b).append("\"}\n");
          }
        });
    return sum.append(difference)
        .append(product)
        .append(order)
        .append(successors())
        .append(counts())
        .toString();
  }

  private static void pairs(BiConsumer<Integer, Integer> each) {
    for (int a = 0; a <= LARGEST; a++) {
      for (int b = 0; b <= LARGEST; b++) {
        each.accept(a, b);
      }
    }
  }

  private static void add(StringBuilder rule, int a, int b, int c) {
    rule.append(String.format(Locale.ROOT, "  {a=\"%d\"}{b=\"%d\"}{c=\"%d\"}\n", a, b, c));
  }

  private static String successors() {
    var rule = new StringBuilder("successor:\n");
    for (int a = 0; a < 100; a++) {
      rule.append(String.format(Locale.ROOT, "  {a=\"%d\"}{c=\"%d\"}\n", a, a + 1));
    }
    return rule.toString();
  }

  private static String counts() {
    var rule = new StringBuilder("counting:\n");
    for (int first = 1; first <= 5; first++) {
      for (int last = first + 2; last <= LONGEST_COUNT; last++) {
        rule.append(
            String.format(
                Locale.ROOT,
                "  {a=\"%d\"}{b=\"%d\"}{c=\"%s\"}\n",
                first,
                last,
                count(first, last)));
      }
    }
    return rule.toString();
  }

  private static String count(int first, int last) {
    var numbers = new StringBuilder();
    for (int n = first; n <= last; n++) {
      numbers.append(n == first ? "" : ", ").append(n);
    }
    return numbers.toString();
  }
}
