package io.anyserve.router.routing;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.event.CapabilityRoute;
import io.anyserve.router.Samples;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RoutingTest {

  /**
   * A table as text: {@code a=b} makes a another name of b, {@code a>b,c} gives a the fallbacks b
   * and c; entries are separated by blanks. {@code dead} were announced and are gone.
   */
  @ParameterizedTest(name = "{0} in [{1}], live [{2}], dead [{3}]: {4} or waiting {5}")
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          # asked, table,           live,  dead, interactive,        asynchronous
          a,      -,               a,     -,    a,                  a
          a,      -,               a b,   -,    a,                  a
          a,      -,               -,     a,    NO_WORKER,          wait a
          a,      -,               b,     -,    UNKNOWN_CAPABILITY, UNKNOWN_CAPABILITY
          a,      a=b,             b,     -,    b,                  b
          a,      a=b,             a b,   -,    b,                  b
          a,      a=b b=c,         c,     -,    c,                  c
          a,      a=b,             -,     b,    NO_WORKER,          wait b
          a,      a=b,             -,     -,    UNKNOWN_CAPABILITY, UNKNOWN_CAPABILITY
          a,      a=b b>c,         -,     -,    NO_WORKER,          NO_WORKER
          a,      a=b b=a,         a b,   -,    UNKNOWN_CAPABILITY, UNKNOWN_CAPABILITY
          a,      a>b,             a b,   -,    a,                  a
          a,      a>b,             b,     -,    b from a,           b from a
          a,      a>b,             b,     a,    b from a,           b from a
          a,      a>b;c,           c b,   a,    b from a,           b from a
          a,      a>b;c,           c,     a b,  c from a,           c from a
          a,      a>b;c b>d,       c d,   a b,  c from a,           c from a
          a,      a>b;c b>d,       d,     a b,  d from a b,         d from a b
          a,      a>b b>c c>d,     d,     -,    d from a b c,       d from a b c
          a,      a>b b>a,         -,     a b,  NO_WORKER,          wait a
          a,      a>b b>a,         -,     b,    NO_WORKER,          wait b from a
          a,      a>b b>a,         -,     -,    NO_WORKER,          NO_WORKER
          a,      a>b b=c,         c,     a,    c from a,           c from a
          a,      a=b b>c,         c,     b,    c from b,           c from b
          a,      a>b;c b=b1 b1=b, c,     a,    c from a,           c from a
          """)
  void goes(
      String asked, String table, String live, String dead, String interactive, String patient) {
    var routing = new Routing(new FixedDirectory(routes(table), names(live), names(dead)));
    assertEquals(interactive, show(routing.route(new Capability(asked), false)));
    assertEquals(patient, show(routing.route(new Capability(asked), true)));
  }

  @Test
  void namesTheKnownOnesWhenAskedForAnother() {
    var routing = new Routing(new FixedDirectory(Map.of(), names("story"), names("embed")));
    var refused =
        assertInstanceOf(Route.Refused.class, routing.route(new Capability("stroy"), false));
    assertEquals(
        "UNKNOWN_CAPABILITY: capability: \"stroy\" (expected: one of embed, story)",
        refused.failure().toString());
  }

  @Test
  void aLongListOfKnownOnesIsCut() {
    String many = IntStream.range(100, 200).mapToObj(n -> "c" + n).collect(joining(" "));
    var routing = new Routing(new FixedDirectory(Map.of(), names(many), names("")));
    var refused =
        assertInstanceOf(Route.Refused.class, routing.route(new Capability("stroy"), false));
    assertTrue(refused.failure().message().endsWith("c118, c119, ...)"), refused.toString());
  }

  @Test
  void aliasesAndFallbacksAreFollowedSoFarAndNoFarther() {
    assertEquals("n8", show(chain("=", Routing.MAX_ALIASES, "n8")));
    assertEquals("UNKNOWN_CAPABILITY", show(chain("=", Routing.MAX_ALIASES + 1, "n9")));
    assertInstanceOf(Route.Live.class, chain(">", Routing.MAX_CANDIDATES - 1, "n31"));
    assertEquals("NO_WORKER", show(chain(">", Routing.MAX_CANDIDATES, "n32")));
  }

  private static Route chain(String kind, int links, String live) {
    String table =
        IntStream.range(0, links)
            .mapToObj(n -> "n" + n + kind + "n" + (n + 1))
            .collect(joining(" "));
    return new Routing(new FixedDirectory(routes(table), names(live), Set.of()))
        .route(new Capability("n0"), false);
  }

  private static String show(Route route) {
    return switch (route) {
      case Route.Live(Capability to, List<Capability> from) -> show(to, from);
      case Route.Waiting(Capability to, List<Capability> from) -> "wait " + show(to, from);
      case Route.Refused(var failure) -> failure.code().name();
    };
  }

  private static String show(Capability to, List<Capability> from) {
    List<String> words = new ArrayList<>(List.of(to.value()));
    if (!from.isEmpty()) {
      words.add("from");
      from.forEach(name -> words.add(name.value()));
    }
    return String.join(" ", words);
  }

  private static Map<Capability, CapabilityRoute> routes(
      @org.jspecify.annotations.Nullable String table) {
    return words(table)
        .map(RoutingTest::entry)
        .collect(Collectors.toMap(CapabilityRoute::capability, Function.identity()));
  }

  private static CapabilityRoute entry(String text) {
    String[] alias = text.split("=", -1);
    String[] chain = text.split(">", -1);
    return alias.length == 2
        ? Samples.alias(alias[0], alias[1])
        : Samples.fallbacks(chain[0], chain[1].split(";", -1));
  }

  private static Set<Capability> names(@org.jspecify.annotations.Nullable String words) {
    return words(words).map(Capability::new).collect(Collectors.toSet());
  }

  private static Stream<String> words(@org.jspecify.annotations.Nullable String text) {
    return text == null || text.isEmpty() ? Stream.of() : Stream.of(text.split(" ", -1));
  }

  private record FixedDirectory(
      Map<Capability, CapabilityRoute> table, Set<Capability> alive, Set<Capability> dead)
      implements CapabilityDirectory {

    @Override
    public Optional<CapabilityRoute> entry(Capability capability) {
      return Optional.ofNullable(table.get(capability));
    }

    @Override
    public boolean live(Capability capability) {
      return alive.contains(capability);
    }

    @Override
    public boolean announced(Capability capability) {
      return alive.contains(capability) || dead.contains(capability);
    }

    @Override
    public Set<Capability> known() {
      Set<Capability> known = new HashSet<>(table.keySet());
      known.addAll(alive);
      known.addAll(dead);
      return known;
    }
  }
}
