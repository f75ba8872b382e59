#pragma once

#include "server/service/tasks/alarms.hpp"

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Arming of alarms for new tasks at little cost to filing.
namespace sponsio::service {

/// A cache of the buckets that have their alarms, and of their times. A batch of tasks in known buckets needs
/// no query. Used by one filing writer.
class FilingAlarms {
  public:
    explicit FilingAlarms(AlarmBook book) : book_(book) {}

    /// The tasks of one transaction.
    class Round {
      public:
        void add(OrganisationId unit, std::string const& region, Instant due_at, TaskId task);

      private:
        friend class FilingAlarms;

        struct Bucket {
            std::string region;
            TaskId first;
        };

        std::map<std::pair<OrganisationId, Instant>, Bucket> buckets_;
        bool asked_ = false;  ///< the last statement asks for the times of new buckets
    };

    /// Adds the statements about the buckets of the round's transaction, as its last ones; mostly none.
    void arm(db::Pipeline& statements, Round& round, Instant now) const;
    /// To be called after the commit, with the answers to all statements of that pipeline.
    void committed(Round const& round, std::span<db::Rows const> answers, Instant now);

  private:
    struct Alarm {
        Instant run_at;
        domain::AlarmAction action;
    };

    AlarmBook book_;
    /// Of buckets that are not over yet.
    std::map<std::pair<OrganisationId, Instant>, std::vector<Alarm>> known_;
};

}  // namespace sponsio::service
