#pragma once

#include "server/base/problem.hpp"

namespace sponsio::problem {

/// A row that says who may do what carries no good proof (docs/ledger.md). Apart from the other problems,
/// since only who proves rows knows it.
inline constexpr Problem row_forged{"row-forged", 409, "What is stored was not written by this server",
                                    "存储内容并非由本系统写入"};

}  // namespace sponsio::problem
