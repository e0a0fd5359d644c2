package io.anyserve.metering.http;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the usage page is told beside the figures.
 *
 * @param currency of costs, such as EUR; empty without prices
 * @param chat the chat page, where there is one
 */
public record PageContext(Supplier<Optional<String>> currency, Optional<ChatLink> chat) {

  public static final PageContext NONE = new PageContext(Optional::empty, Optional.empty());
}
