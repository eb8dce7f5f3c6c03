#!/usr/bin/env bash
# Runs the soaks for as many minutes as asked (60 by default): passes of mixed shapes in constant memory, then random programs and random schedules.
set -euo pipefail
cd "$(dirname "$0")/.."
export WORKSPACES_SOAK_MINUTES="${1:-60}" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet test -c Release tests/Workspaces.Tests --settings tests/Workspaces.Tests/long.runsettings \
  --filter "(Category=Slow|Category=Long)&(FullyQualifiedName~SoakTests|FullyQualifiedName~RandomProgramTests|FullyQualifiedName~RandomScheduleTests)" \
  --logger "console;verbosity=normal" -- RunConfiguration.TestSessionTimeout=0
