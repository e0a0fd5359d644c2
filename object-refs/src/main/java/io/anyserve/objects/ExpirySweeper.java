package io.anyserve.objects;

import io.anyserve.objects.BlobStore.Listed;
import io.anyserve.objects.BlobStore.Page;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes objects that have expired, one page of the listing at a step. Owned by the thread that
 * steps it.
 *
 * <p>The key names the day of expiry; on that day the moment kept with the object decides. A blob
 * under another kind of key goes when it is older than the retention.
 */
public final class ExpirySweeper {

  private static final Logger LOG = LoggerFactory.getLogger(ExpirySweeper.class);

  private final BlobStore bucket;
  private final Duration retention;
  private final int pageSize;
  private String after = "";

  /**
   * @param pageSize objects that a step looks at
   */
  public ExpirySweeper(BlobStore bucket, Duration retention, int pageSize) {
    if (pageSize < 1 || pageSize > 1000) {
      throw new IllegalArgumentException("pageSize: " + pageSize + " (expected: 1 to 1000)");
    }
    this.bucket = bucket;
    this.retention = retention;
    this.pageSize = pageSize;
  }

  /**
   * Looks at the next page; after the last one, the next step begins from the front. Creates the
   * bucket where it does not exist yet.
   *
   * @throws ObjectStoreException when the listing fails; the same page comes again
   */
  public Sweep step(Instant now) throws ObjectStoreException {
    if (after.isEmpty()) {
      bucket.create();
    }
    Page page = bucket.list(ObjectKeys.PREFIX, after, pageSize);
    var sweep = new Sweep(0, 0, 0, 0, page.last());
    for (Listed blob : page.blobs()) {
      sweep = sweep(blob, now, sweep);
    }
    after = page.last() ? "" : page.blobs().getLast().key();
    return sweep;
  }

  private Sweep sweep(Listed blob, Instant now, Sweep before) {
    try {
      if (!expired(blob, now)) {
        return before.oneKept();
      }
      bucket.remove(blob.key());
      return before.oneRemoved(blob.size());
    } catch (ObjectStoreException e) {
      LOG.warn("expired object stays for now", e);
      return before.oneFailed();
    }
  }

  private boolean expired(Listed blob, Instant now) throws ObjectStoreException {
    Instant surely =
        ObjectKeys.expiredFrom(blob.key()).orElseGet(() -> blob.modified().plus(retention));
    if (!now.isBefore(surely)) {
      return true;
    }
    boolean lastDay = !now.isBefore(surely.minus(Duration.ofDays(1)));
    return lastDay
        && bucket.stat(blob.key()).expires().map(expires -> !now.isBefore(expires)).orElse(false);
  }

  /**
   * What a step did: {@code listed = kept + removed + failed}.
   *
   * @param bytes of the removed objects
   * @param complete whether this was the last page
   */
  public record Sweep(long kept, long removed, long bytes, long failed, boolean complete) {

    public long listed() {
      return kept + removed + failed;
    }

    Sweep oneKept() {
      return new Sweep(kept + 1, removed, bytes, failed, complete);
    }

    Sweep oneRemoved(long size) {
      return new Sweep(kept, removed + 1, bytes + size, failed, complete);
    }

    Sweep oneFailed() {
      return new Sweep(kept, removed, bytes, failed + 1, complete);
    }
  }
}
