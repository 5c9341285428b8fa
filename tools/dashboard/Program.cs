using System.Runtime.Versioning;
using DealerFlow.Dashboard;

[assembly: UnsupportedOSPlatform("windows")]

return DashboardCommand.Run(args);
