package io.anyserve.ingress.quota;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceBook.Price;
import io.anyserve.ingress.prices.PriceBooks;
import io.anyserve.quota.QuotaRequest;
import io.anyserve.runtime.kafka.WorkerRegistry;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** What the tokens of a capability may cost. Thread-safe. */
public record PriceTable(WorkerRegistry workers, PriceBooks books) {

  /**
   * The dearest of the models that answer such requests now; of all models where none is known to
   * answer them; nothing where there is no book.
   */
  Price dearest(Capability capability, Instant now) {
    return books.at(now).map(book -> dearest(book, capability)).orElse(QuotaRequest.FREE);
  }

  private Price dearest(PriceBook book, Capability capability) {
    List<String> models =
        workers.live().stream()
            .flatMap(worker -> worker.capabilities().stream())
            .filter(offered -> offered.name().equals(capability))
            .map(CapabilityOffer::model)
            .distinct()
            .toList();
    return models.isEmpty()
        ? dearest(book.prices().values())
        : dearest(models.stream().flatMap(model -> book.price(model).stream()).toList());
  }

  private static Price dearest(Collection<Price> prices) {
    return prices.stream()
        .reduce(
            QuotaRequest.FREE,
            (one, other) ->
                new Price(
                    Math.max(one.prompt(), other.prompt()),
                    Math.max(one.completion(), other.completion()),
                    Math.max(one.cached(), other.cached()),
                    Math.max(one.request(), other.request())));
  }
}
