package io.anyserve.quota;

import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;

/**
 * Who uses a quota.
 *
 * @param key public id of the API key, empty for anonymous callers
 */
public record QuotaSubject(RequestId request, TenantId tenant, String key, SessionId session) {

  public static QuotaSubject of(RequestId request, RequestContext context) {
    return new QuotaSubject(request, context.tenant(), context.apiKey(), context.session());
  }
}
