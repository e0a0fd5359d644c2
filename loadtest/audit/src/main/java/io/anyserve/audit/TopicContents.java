package io.anyserve.audit;

import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the topics hold about requests, record by record. Not thread-safe. */
public final class TopicContents {

  private final Map<RequestId, RequestFold> requests = new HashMap<>();
  private final Map<RequestId, List<LedgerEntry>> lines = new HashMap<>();
  private final Map<RequestId, List<RequestResult>> results = new HashMap<>();
  private final PublishedAggregates told = new PublishedAggregates();
  private final Set<TopicOffset> deadLetters = new HashSet<>();

  public void add(TokenRecord record) {
    requests.computeIfAbsent(record.request(), _ -> new RequestFold()).apply(record);
  }

  public void add(LedgerEntry entry) {
    lines.computeIfAbsent(entry.request(), _ -> new ArrayList<>(1)).add(entry);
  }

  public void add(RequestResult result) {
    results.computeIfAbsent(result.request(), _ -> new ArrayList<>(1)).add(result);
  }

  /** A request whose records were folded elsewhere. */
  public void add(RequestId request, RequestFold fold) {
    requests.put(request, fold);
  }

  /** A letter about the record that lay there. */
  public void addDeadLetter(TopicOffset about) {
    deadLetters.add(about);
  }

  public Map<RequestId, RequestFold> requests() {
    return requests;
  }

  public List<LedgerEntry> lines(RequestId request) {
    return lines.getOrDefault(request, List.of());
  }

  public Map<RequestId, List<LedgerEntry>> lines() {
    return lines;
  }

  public List<RequestResult> results(RequestId request) {
    return results.getOrDefault(request, List.of());
  }

  /** What the topics of sums say. */
  public PublishedAggregates told() {
    return told;
  }

  /** What differs between these and the sums of the lines. */
  public List<Violation> sumFindings() {
    AggregateChecks sums = new AggregateChecks(told);
    lines.values().stream().flatMap(List::stream).forEach(sums::add);
    return sums.findings(AggregateChecks.Limits.NONE);
  }

  public boolean explained(TopicOffset position) {
    return deadLetters.contains(position);
  }

  /** Every asynchronous request that has ended has its result. */
  public boolean resultsComplete() {
    return requests.entrySet().stream()
        .filter(request -> request.getValue().ends() > 0)
        .filter(request -> asynchronous(request.getValue()))
        .allMatch(request -> results.containsKey(request.getKey()));
  }

  private static boolean asynchronous(RequestFold fold) {
    return fold.context().filter(RequestContext::asynchronous).isPresent();
  }

  /** Requests that have come to their end. */
  public long ended() {
    return requests.values().stream().filter(fold -> fold.ends() > 0).count();
  }
}
