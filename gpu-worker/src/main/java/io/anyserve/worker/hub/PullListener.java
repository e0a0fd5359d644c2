package io.anyserve.worker.hub;

import java.util.List;

/** Hears how a download goes. Called by several threads. */
public interface PullListener {

  /** Hears nothing. */
  PullListener NONE =
      new PullListener() {
        @Override
        public void begins(Repository repository, List<RepositoryFile> files, long missing) {}

        @Override
        public void received(RepositoryFile file, long bytes) {}

        @Override
        public void done(RepositoryFile file) {}

        @Override
        public void retries(RepositoryFile file, String why) {}
      };

  /**
   * The files of the model are known.
   *
   * @param files that are wanted
   * @param missing bytes that are not on this machine yet
   */
  void begins(Repository repository, List<RepositoryFile> files, long missing);

  /** More of a file has come. */
  void received(RepositoryFile file, long bytes);

  /** The file is whole and has its checksum. */
  void done(RepositoryFile file);

  /** The connection broke, and the file is asked for again from where it stands. */
  void retries(RepositoryFile file, String why);
}
