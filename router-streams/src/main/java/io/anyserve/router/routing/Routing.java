package io.anyserve.router.routing;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.event.CapabilityRoute;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Decides where a request goes. Aliases are followed first, then fallbacks: near ones before far
 * ones, and each name once, so that a table with cycles cannot trap a request:
 *
 * <pre>
 * asked -- alias --> name -- live --> there
 *                      \-- nobody --> first live fallback, delegated
 *                                \--> nobody anywhere: wait at the first announced one, or refuse
 * </pre>
 */
public final class Routing {

  static final int MAX_ALIASES = 8;
  static final int MAX_CANDIDATES = 32;
  private static final int NAMES_SHOWN = 20;

  private final CapabilityDirectory directory;

  public Routing(CapabilityDirectory directory) {
    this.directory = directory;
  }

  /**
   * Finds a capability with workers for the asked one, through aliases and delegation.
   *
   * @param patient nobody waits for the answer, so the request may wait for a worker
   */
  public Route route(Capability asked, boolean patient) {
    Optional<Capability> target = resolve(asked);
    if (target.isEmpty()) {
      return refused(FailureCode.UNKNOWN_CAPABILITY, asked, "an alias that leads to an end");
    }
    List<Candidate> candidates = candidates(target.get());
    return first(candidates, directory::live)
        .<Route>map(found -> new Route.Live(found.capability(), found.delegatedFrom()))
        .or(() -> patient ? waiting(candidates) : Optional.empty())
        .orElseGet(() -> nobody(asked, candidates));
  }

  private Optional<Route> waiting(List<Candidate> candidates) {
    return first(candidates, directory::announced)
        .map(found -> new Route.Waiting(found.capability(), found.delegatedFrom()));
  }

  private Route nobody(Capability asked, List<Candidate> candidates) {
    Set<Capability> known = directory.known();
    return candidates.stream().map(Candidate::capability).anyMatch(known::contains)
        ? refused(FailureCode.NO_WORKER, asked, "one that a running worker offers")
        : refused(FailureCode.UNKNOWN_CAPABILITY, asked, oneOf(known));
  }

  /** The name that the asked one stands for; empty when aliases lead in a circle. */
  private Optional<Capability> resolve(Capability asked) {
    Capability name = asked;
    for (int hops = 0; hops <= MAX_ALIASES; hops++) {
      Optional<Capability> next = directory.entry(name).flatMap(CapabilityRoute::aliasOf);
      if (next.isEmpty()) {
        return Optional.of(name);
      }
      name = next.get();
    }
    return Optional.empty();
  }

  private List<Candidate> candidates(Capability target) {
    List<Candidate> found = new ArrayList<>();
    Set<Capability> seen = new LinkedHashSet<>();
    Queue<Candidate> open = new ArrayDeque<>(List.of(new Candidate(target, List.of())));
    while (!open.isEmpty() && found.size() < MAX_CANDIDATES) {
      Candidate next = open.remove();
      if (seen.add(next.capability())) {
        found.add(next);
        open.addAll(fallbacks(next));
      }
    }
    return found;
  }

  private List<Candidate> fallbacks(Candidate of) {
    return directory.entry(of.capability()).stream()
        .flatMap(entry -> entry.fallbacks().stream())
        .flatMap(fallback -> resolve(fallback).stream())
        .map(of::then)
        .toList();
  }

  private static Optional<Candidate> first(
      List<Candidate> candidates, Predicate<Capability> condition) {
    return candidates.stream().filter(found -> condition.test(found.capability())).findFirst();
  }

  private static Route refused(FailureCode code, Capability asked, String expected) {
    return new Route.Refused(
        new Failure(code, "capability: \"" + asked + "\" (expected: " + expected + ")"));
  }

  private static String oneOf(Set<Capability> known) {
    String names =
        known.stream()
            .sorted(Comparator.naturalOrder())
            .limit(NAMES_SHOWN)
            .map(Capability::value)
            .collect(Collectors.joining(", "));
    String more = known.size() > NAMES_SHOWN ? ", ..." : "";
    return known.isEmpty() ? "none is known yet" : "one of " + names + more;
  }

  /** A capability that may answer, and those that the request would come from. */
  private record Candidate(Capability capability, List<Capability> delegatedFrom) {

    Candidate then(Capability fallback) {
      List<Capability> from = new ArrayList<>(delegatedFrom);
      from.add(capability);
      return new Candidate(fallback, List.copyOf(from));
    }
  }
}
