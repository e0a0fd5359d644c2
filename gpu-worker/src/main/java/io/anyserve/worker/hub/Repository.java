package io.anyserve.worker.hub;

import java.util.List;

/**
 * A repository of a hub at one revision.
 *
 * @param commit that the revision names now
 */
public record Repository(ModelReference reference, String commit, List<RepositoryFile> files) {

  public Repository {
    files = List.copyOf(files);
  }
}
