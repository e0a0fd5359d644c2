package io.anyserve.metering.page;

import java.net.URI;

/**
 * Serves the usage page and its API with usage of many sessions and 90 days. The browser tests know
 * nothing else of it: what the page must show they ask the API itself.
 */
interface PageServer extends AutoCloseable {

  /** Such as {@code http://127.0.0.1:7406}, without a path. */
  URI address();

  /** An API key of one tenant. */
  String key();

  /** The tenant of {@link #key()}. */
  String tenant();

  /** An API key that sees all tenants, of which there are two or more. */
  String adminKey();

  /** The address of the chat page, to which the usage page links. */
  String chat();

  /** Lets the tenant of {@link #key()} use that much now, in one request that finishes. */
  void use(long promptTokens, long completionTokens);

  @Override
  void close();
}
